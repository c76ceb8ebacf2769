import Foundation
import Testing

@testable import HL7v2

@Suite("Acknowledgement, HL7 v2.5.1 §2.9")
struct AcknowledgmentTests {
    func context() throws -> AcknowledgmentContext {
        AcknowledgmentContext(
            application: "IMGAI", facility: "RAD", messageControlID: "A1", time: try DTM(parsing: "20260301090001+0000")
        )
    }

    func header(
        version: String = "2.5.1", accept: String = "", application: String = "", controlID: String = "M1"
    ) throws -> MessageHeader {
        try MessageHeader(
            parsing: segments(
                #"MSH|^~\&|HIS|HOSP|IMGAI|RAD|20260301090000||ORM^O01|\#(controlID)|P|\#(version)|||\#(accept)|\#(application)||8859/1"#
            ))
    }

    static let error = AcknowledgmentError(
        .requiredFieldMissing, at: ErrorLocation(segment: "OBR", field: 4), userText: "Exam code missing")
    static let outcomes: [AcknowledgmentOutcome] = [.accepted, .inError([error]), .rejected([error])]

    /// MSH-15, MSH-16, and the reply to success, error and rejection; then what is deferred after success.
    static let table: [(String, String, [String?], String?)] = [
        ("", "", ["AA", "AE", "AR"], nil),
        (#""""#, "", ["AA", "AE", "AR"], nil),
        ("AL", "", ["CA", "CE", "CR"], nil),
        ("AL", "NE", ["CA", "CE", "CR"], nil),
        ("AL", "AL", ["CA", "CE", "CR"], "AA"),
        ("AL", "SU", ["CA", "CE", "CR"], "AA"),
        ("AL", "ER", ["CA", "CE", "CR"], nil),
        ("NE", "", [nil, nil, nil], nil),
        ("NE", "NE", [nil, nil, nil], nil),
        ("NE", "AL", ["AA", "AE", "AR"], nil),
        ("", "AL", ["AA", "AE", "AR"], nil),
        ("", "NE", [nil, nil, nil], nil),
        ("", "ER", [nil, "AE", "AR"], nil),
        ("", "SU", ["AA", nil, nil], nil),
        ("ER", "", [nil, "CE", "CR"], nil),
        ("ER", "AL", ["AA", "CE", "CR"], nil),
        ("ER", "SU", ["AA", "CE", "CR"], nil),
        ("ER", "ER", [nil, "CE", "CR"], nil),
        ("SU", "", ["CA", nil, nil], nil),
        ("SU", "ER", ["CA", "AE", "AR"], nil),
        ("SU", "AL", ["CA", "AE", "AR"], "AA"),
        ("al", "ne", ["CA", "CE", "CR"], nil),
        ("XX", "", ["CA", "CE", "CR"], nil),
    ]

    @Test("who gets which code, by MSH-15 and MSH-16", arguments: table)
    func codes(accept: String, application: String, replies: [String?], deferred: String?) throws {
        let header = try header(accept: accept, application: application)
        for (outcome, expected) in zip(Self.outcomes, replies) {
            let plan = Acknowledgment.plan(for: header, outcome: outcome, context: try context())
            #expect(plan.reply?.code.rawValue == expected)
            #expect(plan.deferred?.rawValue == (outcome.isSuccess ? deferred : nil))
            guard let reply = plan.reply else { continue }
            #expect(text(reply.bytes).contains("\rMSA|\(reply.code.rawValue)|M1"))
        }
    }

    @Test("the worked example: an accept acknowledgement of version 2.3.1")
    func acceptAcknowledgment() throws {
        let header = try MessageHeader(parsing: Vectors.bytes("orm-latin1.hl7"))
        let plan = Acknowledgment.plan(for: header, outcome: .accepted, context: try context())
        let expected = segments(
            #"MSH|^~\&|IMGAI|RAD|HIS|HOSP|20260301090001+0000||ACK^O01|A1|P|2.3.1|||NE|NE||8859/1"#, "MSA|CA|M1")
        #expect(plan.reply.map { text($0.bytes) } == text(expected))
    }

    @Test("ERR from version 2.5: location, condition, severity and user text")
    func newError() throws {
        let plan = Acknowledgment.plan(for: try header(), outcome: .inError([Self.error]), context: try context())
        let expected = segments(
            #"MSH|^~\&|IMGAI|RAD|HIS|HOSP|20260301090001+0000||ACK^O01^ACK|A1|P|2.5.1||||||8859/1"#,
            "MSA|AE|M1|Required field missing",
            "ERR||OBR^1^4|101^Required field missing^HL70357|E||||Exam code missing")
        #expect(plan.reply.map { text($0.bytes) } == text(expected))
    }

    @Test("ERR up to version 2.4: ERR-1", arguments: ["2.4", "2.3.1", "2.3", ""])
    func oldError(version: String) throws {
        let plan = Acknowledgment.plan(
            for: try header(version: version), outcome: .inError([Self.error]), context: try context())
        #expect(
            plan.reply.map { text($0.bytes) }?.hasSuffix("\rERR|OBR^1^4^101&Required field missing&HL70357\r") == true)
    }

    @Test("ERR before version 2.5 is one segment whose first field repeats; before 2.3 its code is plain")
    func oldErrors() throws {
        let other = AcknowledgmentError(.unknownKeyIdentifier)
        func reply(_ version: String) throws -> String? {
            let plan = Acknowledgment.plan(
                for: try header(version: version), outcome: .inError([Self.error, other]), context: try context())
            return plan.reply.map { text($0.bytes) }
        }
        let coded = "\rERR|OBR^1^4^101&Required field missing&HL70357~^^^204&Unknown key identifier&HL70357\r"
        #expect(try reply("2.4")?.hasSuffix(coded) == true)
        #expect(try reply("2.3")?.hasSuffix(coded) == true)
        #expect(try reply("2.2")?.hasSuffix("\rERR|OBR^1^4^101~^^^204\r") == true)
        #expect(try reply("2.1")?.hasSuffix("\rERR|OBR^1^4^101~^^^204\r") == true)
        #expect(try reply("2.5")?.components(separatedBy: "\rERR|").count == 3)
    }

    static let replies: [(request: String, version: String, type: String, accept: String)] = [
        ("ORM^O01", "2.3.1", "ORR^O02", "ACK^O01"), ("ORM^O01", "2.5.1", "ORR^O02^ORR_O02", "ACK^O01^ACK"),
        ("OMI^O23^OMI_O23", "2.5.1", "ORI^O24^ORI_O24", "ACK^O23^ACK"),
        ("OMG^O19", "2.4", "ORG^O20^ORG_O20", "ACK^O19^ACK"), ("ADT^A08", "2.5", "ACK^A08^ACK", "ACK^A08^ACK"),
        ("ORM", "2.2", "ACK", "ACK"),
    ]

    @Test("where the sender wants it, an application acknowledgement is the response of chapter 4; a commit stays ACK")
    func responses() throws {
        for row in Self.replies {
            func type(_ replyType: ReplyType, accept: String, _ outcome: AcknowledgmentOutcome) throws -> String? {
                let line = "MSH|^~\\&|HIS|HOSP|IMGAI|RAD|20260301||\(row.request)|M1|P|\(row.version)|||\(accept)|AL"
                let context = AcknowledgmentContext(
                    application: "IMGAI", facility: "RAD", messageControlID: "A1", time: try DTM(parsing: "20260301"),
                    replyType: replyType)
                let plan = Acknowledgment.plan(
                    for: try MessageHeader(parsing: segments(line)), outcome: outcome, context: context)
                return try plan.reply.map {
                    String(decoding: try MessageHeader(parsing: $0.bytes).fieldBytes(9), as: UTF8.self)
                }
            }
            #expect(try type(.response, accept: "NE", .accepted) == row.type)
            #expect(try type(.response, accept: "NE", .inError([Self.error])) == row.type)
            #expect(try type(.response, accept: "AL", .accepted) == row.accept)
            #expect(try type(.acknowledgment, accept: "NE", .accepted) == row.accept)
        }
    }

    @Test(
        "a reply to each version is of that version and reads again",
        arguments: ["2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8", "2.8.2"])
    func versions(version: String) throws {
        let header = try header(version: version)
        #expect(header.objections(processingID: "P") == [])
        for outcome in Self.outcomes {
            let plan = Acknowledgment.plan(for: header, outcome: outcome, context: try context())
            let reply = try Message(
                parsing: try #require(plan.reply).bytes, options: MessageOptions(tolerances: .none))
            #expect(reply.version == version)
            #expect(reply.segments.map(\.name) == ["MSH", "MSA"] + (outcome.isSuccess ? [] : ["ERR"]))
            guard !outcome.isSuccess else { continue }
            let isNew = !["2.1", "2.2", "2.3", "2.3.1", "2.4"].contains(version)
            #expect(reply.value(at: try FieldPath(parsing: isNew ? "ERR-3.1" : "ERR-1.4")) == "101")
            #expect(reply.value(at: try FieldPath(parsing: isNew ? "ERR-2.1" : "ERR-1.1")) == "OBR")
        }
    }

    @Test("a deferred application acknowledgement is a message of its own that asks to be acknowledged (§2.9.3)")
    func deferred() throws {
        let request = try header(accept: "AL", application: "AL")
        let accepted = Acknowledgment.deferred(to: request, code: .AA, context: try context())
        #expect(
            text(accepted)
                == text(
                    segments(
                        #"MSH|^~\&|IMGAI|RAD|HIS|HOSP|20260301090001+0000||ACK^O01^ACK|A1|P|2.5.1|||AL|NE||8859/1"#,
                        "MSA|AA|M1")))
        let refused = Acknowledgment.deferred(to: request, code: .AE, errors: [Self.error], context: try context())
        #expect(text(refused).contains("\rMSA|AE|M1|Required field missing\rERR||OBR^1^4|101"))
        // What comes back for it is an accept acknowledgement, to which nothing is due in turn.
        let answer = Acknowledgment.plan(
            for: try MessageHeader(parsing: accepted), outcome: .accepted, context: try context())
        #expect(answer.reply?.code == .CA && answer.deferred == nil)
    }

    @Test("MSH-18 is echoed only as far as it names sets that we know, each in its place")
    func characterSets() throws {
        for (declared, echoed) in [
            ("8859/1", "8859/1"), ("UNICODE UTF-16", ""), ("KLINGON", ""), ("UTF-8", "UTF-8"),
            ("~ISO IR87", "~ISO IR87"), ("ISO IR14~KLINGON~ISO IR159", "ISO IR14~~ISO IR159"),
            ("KLINGON~8859/1", "~8859/1"),
        ] {
            let header = try MessageHeader(
                parsing: segments("MSH|^~\\&|HIS|HOSP|IMGAI|RAD|20260301||ORM^O01|M1|P|2.5.1||||||\(declared)"))
            let plan = Acknowledgment.plan(for: header, outcome: .accepted, context: try context())
            let reply = try MessageHeader(parsing: try #require(plan.reply).bytes)
            #expect(String(decoding: reply.fieldBytes(18), as: UTF8.self) == echoed)
        }
    }

    @Test("our own names are written in the sender's set, or with question marks where it lacks a character")
    func ownNames() throws {
        for (term, expected) in [("8859/1", [UInt8]("R".utf8) + [0xF6]), ("ASCII", Array("R?".utf8))] {
            let context = AcknowledgmentContext(
                application: "Rö", facility: "F", messageControlID: "A1", time: try DTM(parsing: "20260301"))
            let header = try MessageHeader(parsing: segments("MSH|^~\\&|||||20260301||ORM^O01|M1|P|2.5.1||||||\(term)"))
            let plan = Acknowledgment.plan(for: header, outcome: .accepted, context: context)
            #expect(Array(try MessageHeader(parsing: try #require(plan.reply).bytes).fieldBytes(3)) == expected)
        }
    }

    @Test("a frame without a readable MSH: AR, MSA-2 empty, our own names, row 100")
    func unreadable() throws {
        let plan = Acknowledgment.plan(
            for: nil, outcome: AcknowledgmentOutcome(HL7v2Error(.headerUnreadable)), context: try context())
        let expected = segments(
            #"MSH|^~\&|IMGAI|RAD|||20260301090001+0000||ACK|A1|P|2.5.1"#, "MSA|AR||Segment sequence error",
            "ERR|||100^Segment sequence error^HL70357|E||||No readable MSH segment")
        #expect(plan.reply?.code == .AR)
        #expect(plan.reply.map { text($0.bytes) } == text(expected))
    }

    @Test("MSA-2 echoes MSH-10 byte for byte", arguments: [" M 1 ", "0001", #"A\T\B"#, "a^b&c~d", "\u{FC}"])
    func echo(controlID: String) throws {
        let plan = Acknowledgment.plan(
            for: try header(controlID: controlID), outcome: .accepted, context: try context())
        #expect(plan.reply.map { text($0.bytes) }?.contains("MSA|AA|\(controlID)\r") == true)
    }

    @Test("the sender's delimiters, and application, facility with all their parts, come back swapped")
    func delimiters() throws {
        let header = try MessageHeader(
            parsing: segments("MSH#!@%*#APP!1.2!ISO#FAC#RECV#RFAC#20260301120000##ADT!A01#MSG007#P#2.5"))
        let plan = Acknowledgment.plan(for: header, outcome: .rejected([Self.error]), context: try context())
        let reply = try #require(plan.reply)
        #expect(
            text(reply.bytes).hasPrefix(
                "MSH#!@%*#RECV#RFAC#APP!1.2!ISO#FAC#20260301090001+0000##ACK!A01!ACK#A1#P#2.5\r"))
        #expect(text(reply.bytes).contains("\rERR##OBR!1!4#101!Required field missing!HL70357#E"))
    }

    @Test("our reply parses, and says what it should")
    func parsesAgain() throws {
        for (outcome, code) in zip(Self.outcomes, ["AA", "AE", "AR"]) {
            let plan = Acknowledgment.plan(for: try header(), outcome: outcome, context: try context())
            let message = try Message(
                parsing: try #require(plan.reply).bytes, options: MessageOptions(tolerances: .none))
            #expect(message.value(at: try FieldPath(parsing: "MSA-1")) == code)
            #expect(message.characterSet == .latin1)
            #expect(message.messageType == MessageType(code: "ACK", triggerEvent: "O01"))
        }
    }

    @Test("objections: type, control ID, processing ID 202 and version 203")
    func objections() throws {
        func codes(_ line: String, _ expected: String? = "P") throws -> [HL7v2Error.Code] {
            try MessageHeader(parsing: segments(line)).objections(processingID: expected).map(\.code)
        }
        #expect(try codes(#"MSH|^~\&|||||||ORM^O01|M1|P|2.5.1"#) == [])
        #expect(try codes(#"MSH|^~\&|||||||ORM^O01|M1||"#) == [])
        #expect(try codes(#"MSH|^~\&|||||||ORM^O01|M1|T^A|2.5.1"#) == [.processingIDUnsupported])
        #expect(try codes(#"MSH|^~\&|||||||ORM^O01|M1|P|2.5.1"#, "T") == [.processingIDUnsupported])
        #expect(try codes(#"MSH|^~\&|||||||ORM^O01|M1|D|2.5.1"#, nil) == [])
        #expect(try codes(#"MSH|^~\&|||||||||P|2.5.1"#) == [.requiredFieldMissing, .requiredFieldMissing])
        for version in ["1.0", "3.0", "2", "2.x", "2.0", "2.5.1.1", "two"] {
            #expect(try codes(#"MSH|^~\&|||||||ORM^O01|M1|P|\#(version)"#) == [.versionUnsupported])
        }
        let both = try MessageHeader(parsing: segments(#"MSH|^~\&|||||||ORM^O01||T|2.5.1"#)).objections(
            processingID: "P")
        #expect(AcknowledgmentOutcome(both).applicationCode == .AR)
        #expect(AcknowledgmentOutcome([HL7v2Error]()) == .accepted)
    }

    @Test(
        "every error code has words for the reply that are constant, short and ASCII",
        arguments: HL7v2Error.Code.allCases)
    func words(code: HL7v2Error.Code) throws {
        let plan = Acknowledgment.plan(
            for: try header(), outcome: AcknowledgmentOutcome(HL7v2Error(code)), context: try context())
        let reply = try #require(plan.reply)
        #expect(!reply.code.isPositive)
        #expect(reply.bytes.count < 400 && reply.bytes.allSatisfy { $0 < 0x80 })
    }
}
