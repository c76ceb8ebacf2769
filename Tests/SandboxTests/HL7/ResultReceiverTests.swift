import HL7v2
import Testing

@testable import Sandbox

@Suite("Pretend EHR: receiver of results (ORU^R01, HL7 v2.5.1 §7.3.1)")
struct ResultReceiverTests {
    static let result =
        [
            #"MSH|^~\&|IMGAI|RAD|EHR|HOSP|20260301101502+0000||ORU^R01^ORU_R01|A7F2|P|2.5.1||||||UNICODE UTF-8"#,
            "PID|1||4711^^^HOSP^MR~99^^^OTHER^PI||Wölbling^Ficta||20240102|F",
            "ORC|RE|P100^HIS|F200^RIS",
            "OBR|1|||36572-6^XR Chest AP^LN||||||||||||||ACC900|RP1|SPS1||||DX|P",
            "NTE|1||about the whole",
            "OBX|1|CWE|233604007^Pneumonia^SCT|1|52101004^Present^SCT||||||P",
            "OBX|2|NM|AISCORE^AI score^99LOCAL|1|0.87|1|0-0.5|H~A|||P",
            #"NTE|1||Research\.br\use only"#,
            "OBX|3|ED|PDF^Summary^99LOCAL|2|^application^pdf^Base64^JVBERi0x||||||P",
            "OBX|4|TX|T^Text^L|2|one~two||||||F",
            "OBR|2|P101^HIS||2^Second^L|||||||||||||||||||||F",
        ].joined(separator: "\r") + "\r"

    private var receiver = ResultReceiver()
    private let time: DTM

    init() throws { time = try DTM(parsing: "20260301101503+0000") }

    /// MSA-1, MSA-2 and the row of table 0357, read as plain text: the reply echoes an MSH-18 that we cannot read.
    private func msa(_ reply: [UInt8]?) throws -> [String?] {
        let lines = String(decoding: try #require(reply), as: UTF8.self).split(separator: "\r").map {
            $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        }
        let msa = try #require(lines.first { $0.first == "MSA" })
        let error = lines.first { $0.first == "ERR" }
        // ERR-3.1 since version 2.5, ERR-1.4.1 before.
        let row = error.flatMap { $0.count > 3 ? $0[3].split(separator: "^").first : $0[1].split(separator: "^").last }
        return [msa[1], msa[2].isEmpty ? nil : msa[2], row?.split(separator: "&").first.map(String.init)]
    }

    private func bytes(_ replace: String = "", with text: String = "") -> [UInt8] {
        Array((replace.isEmpty ? Self.result : Self.result.replacing(replace, with: text)).utf8)
    }

    @Test mutating func `a result is taken and acknowledged, its content stands ready to be shown`() throws {
        let receipt = receiver.receive(bytes(), time: time)
        #expect(try msa(receipt.reply) == ["AA", "A7F2", nil])
        #expect(receipt.code == .AA && !receipt.isDuplicate)
        let result = try #require(receipt.result)
        #expect(result.messageControlID == "A7F2" && result.sender == "IMGAI" && result.time == time)
        #expect(result.patient == [.init(value: "4711", namespace: "HOSP"), .init(value: "99", namespace: "OTHER")])
        #expect(result.patientName == "Ficta Wölbling")
        #expect(result.orders.count == 2)
        let order = try #require(result.orders.first)
        #expect(order.placerOrderNumber == .init(value: "P100", namespace: "HIS"))
        #expect(order.fillerOrderNumber == .init(value: "F200", namespace: "RIS"))
        #expect(order.accessionNumber == "ACC900" && order.code == "36572-6" && order.title == "XR Chest AP")
        #expect(order.status == "P" && order.notes == ["about the whole"])
        #expect(
            order.observations.map(\.values) == [
                ["Present"], ["0.87"], ["application/pdf, 8 characters"], ["one", "two"],
            ])
        #expect(order.observations.map(\.type) == ["CWE", "NM", "ED", "TX"])
        #expect(order.observations.map(\.status) == ["P", "P", "P", "F"])
        #expect(order.observations[0].title == "Pneumonia" && order.observations[0].code == "233604007")
        #expect(order.observations[1].notes == ["Research\nuse only"] && order.observations[0].notes == [])
        #expect(order.observations[1].flags == ["H", "A"] && order.observations[1].referenceRange == "0-0.5")
        let second = result.orders[1]
        // The ORC before the first OBR is not the second one's.
        #expect(second.placerOrderNumber?.value == "P101" && second.fillerOrderNumber == nil)
        #expect(second.status == "F" && second.observations == [])
        #expect("\(result)" == "<redacted>")
    }

    @Test mutating func `the same message again gets the same answer and is not shown again`() throws {
        let first = receiver.receive(bytes(), time: time)
        let again = receiver.receive(bytes(), time: try DTM(parsing: "20260301120000+0000"))
        #expect(again.reply == first.reply && again.code == .AA)
        #expect(again.isDuplicate && again.result == nil)
    }

    @Test mutating func `the same MSH-10 with other bytes or from another sender is another message`() throws {
        _ = receiver.receive(bytes(), time: time)
        #expect(receiver.receive(bytes("0.87", with: "0.12"), time: time).result != nil)
        #expect(receiver.receive(bytes("|IMGAI|", with: "|OTHER|"), time: time).result != nil)
    }

    @Test mutating func `a refused message is judged afresh when it comes again`() throws {
        let wrong = bytes("4711^^^HOSP^MR~99^^^OTHER^PI", with: "")
        for _ in 0..<2 {
            let receipt = receiver.receive(wrong, time: time)
            #expect(try msa(receipt.reply) == ["AE", "A7F2", "101"])
            #expect(receipt.result == nil && !receipt.isDuplicate)
        }
        #expect(receiver.receive(bytes(), time: time).result != nil)
    }

    @Test(
        arguments: [
            ("ORU^R01^ORU_R01", "ADT^A08^ADT_A01", "AR", "200"), ("ORU^R01^ORU_R01", "ORU^R30^ORU_R30", "AR", "201"),
            ("ORU^R01^ORU_R01", "", "AE", "101"), ("|2.5.1|", "|3.0|", "AR", "203"),
            ("UNICODE UTF-8", "UNICODE UTF-16", "AR", "199"), ("UNICODE UTF-8", "NO-SUCH-SET", "AE", "199"),
            ("OBX|1|", "obx|1|", "AE", "100"), ("36572-6^XR Chest AP^LN", "", "AE", "101"),
            ("\"", "\"", "AA", nil),
        ] as [(String, String, String, String?)])
    mutating func `what is no result is refused by the rows of table 0357`(
        text: String, other: String, code: String, condition: String?
    ) throws {
        let receipt = receiver.receive(bytes(text, with: other), time: time)
        #expect(try msa(receipt.reply) == [code, "A7F2", condition])
        #expect((receipt.result == nil) == (code != "AA"))
    }

    @Test mutating func `a message without OBR lacks a required segment`() throws {
        let receipt = receiver.receive(bytes("OBR|", with: "ZBR|"), time: time)
        #expect(try msa(receipt.reply) == ["AE", "A7F2", "101"])
    }

    @Test(arguments: ["", "hello", "MSH", "MSH|", "MSH||||", "MSH|aaaa|", "\u{0}\u{1}", "<ORU/>"])
    mutating func `garbage is rejected without a control ID to echo`(text: String) throws {
        let receipt = receiver.receive(Array(text.utf8), time: time)
        #expect(try msa(receipt.reply)[..<2] == ["AR", nil])
        #expect(receipt.code == .AR && receipt.result == nil)
    }

    @Test mutating func `enhanced mode is answered as MSH-15 asks`() throws {
        let accept = receiver.receive(bytes("|2.5.1||||||", with: "|2.5.1|||AL|NE||"), time: time)
        #expect(try msa(accept.reply) == ["CA", "A7F2", nil])
        let silent = receiver.receive(bytes("|2.5.1||||||", with: "|2.5.1|||NE|NE||"), time: time)
        #expect(silent.reply == nil && silent.code == nil && silent.result != nil)
    }

    @Test func `only so many messages are remembered`() throws {
        var receiver = ResultReceiver(capacity: 2)
        for number in 1...3 { _ = receiver.receive(bytes("|A7F2|", with: "|A\(number)|"), time: time) }
        let third = receiver.receive(bytes("|A7F2|", with: "|A3|"), time: time)
        let first = receiver.receive(bytes("|A7F2|", with: "|A1|"), time: time)
        #expect(third.isDuplicate && !first.isDuplicate)
    }

    @Test func `mutated messages always get an answer that can be read, and never end the process`() throws {
        let seed: UInt64 = 0x0B1C
        var chance = SplitMix64(seed: seed)
        var receiver = ResultReceiver(capacity: 10)
        let words = [
            "|", "^", "~", "\\", "&", "\r", "\n", "MSH|^~\\&|", "OBX|", "OBR|", "NTE|", "\"\"", "\\X0D\\", "\u{FEFF}",
        ]
        var codes: [AcknowledgmentCode: Int] = [:]
        for round in 0..<4_000 {
            let mutated = chance.mutated(bytes(), dictionary: words)
            let receipt = receiver.receive(mutated, time: time)
            guard let reply = receipt.reply, let code = receipt.code else { continue }
            codes[code, default: 0] += 1
            #expect((try? MessageHeader(parsing: reply)) != nil, "seed \(seed), round \(round)")
            let names = reply.split(separator: 0x0D).map { String(decoding: $0.prefix(3), as: UTF8.self) }
            #expect(names.prefix(2) == ["MSH", "MSA"], "seed \(seed), round \(round)")
            #expect((receipt.result != nil || receipt.isDuplicate) == code.isPositive, "seed \(seed), round \(round)")
        }
        #expect(codes[.AA] ?? 0 > 0 && codes[.AE] ?? 0 > 0 && codes[.AR] ?? 0 > 0, "\(codes)")
    }
}
