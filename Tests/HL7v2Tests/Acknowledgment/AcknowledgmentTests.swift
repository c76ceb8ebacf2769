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
