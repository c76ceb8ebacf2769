import Testing

@testable import HL7v2

/// Parts of batches.
private enum Part {
    static let one = #"MSH|^~\&|A|B|C|D|20260301||ORM^O01|M1|P|2.5.1"# + "\rPID|1\r"
    static let two = #"MSH|^~\&|A|B|C|D|20260301||ORM^O01|M2|P|2.5.1"# + "\rNTE|1||BTS|MSH|\r"
    static let file = #"FHS|^~\&|HIS|HOSP|IMGAI|RAD|20260301||orders||F1"# + "\r"
    static let batch = #"BHS|^~\&|HIS|HOSP|IMGAI|RAD|20260301||||B1"# + "\r"

}

@Suite("Batches, HL7 v2.5.1 §2.10.3")
struct BatchTests {
    func batch(_ text: String) throws -> Batch { try Batch(parsing: Array(text.utf8)) }

    func shape(_ batch: Batch) -> [[String]] {
        batch.groups.map { group in group.messages.map { text(Array(batch.bytes[$0])) } }
    }

    private static let shapes: [(String, [[String]])] = [
        (Part.file + Part.batch + Part.one + Part.two + "BTS|2\rFTS|1\r", [[Part.one, Part.two]]),
        (
            Part.file + Part.batch + Part.one + "BTS|1\r" + Part.batch + Part.two + "BTS|1\rFTS|2\r",
            [[Part.one], [Part.two]]
        ),
        (Part.batch + Part.one + Part.two + "BTS|2\r", [[Part.one, Part.two]]),
        (Part.batch + Part.one + "BTS\r", [[Part.one]]),
        (Part.file + Part.one + Part.two + "FTS|1\r", [[Part.one, Part.two]]),
        (Part.one + Part.two, [[Part.one, Part.two]]),
        (Part.file + Part.batch + "BTS|0\rFTS|1", [[]]),
        ("\u{FEFF}\r\n" + Part.batch + Part.one + "BTS|1", [[Part.one]]),
    ]

    @Test("headers, several batches, messages alone; each message is its own bytes", arguments: shapes)
    func reading(text: String, shape expected: [[String]]) throws {
        let batch = try batch(text)
        #expect(shape(batch) == expected)
        #expect(batch.objections == [] && batch.bytes == Array(text.utf8))
        #expect(batch.messages.map { HL7v2Tests.text($0) } == expected.flatMap(\.self))
        #expect((batch.fileHeader != nil) == text.contains("FHS|"))
        for message in batch.messages { _ = try Message(parsing: message) }
    }

    @Test("line feeds end segments as they do in a message")
    func lineFeeds() throws {
        for end in ["\n", "\r\n"] {
            let text = (Part.file + Part.batch + Part.one + Part.two + "BTS|2\rFTS|1\r").replacing("\r", with: end)
            let batch = try batch(text)
            #expect(batch.groups.map(\.messages.count) == [2] && batch.objections == [])
        }
        // A lone line feed in text is data, also when a name stands after it.
        let noted =
            Part.batch + #"MSH|^~\&|A|B|C|D|20260301||ORM^O01|M1|P|2.5.1"# + "\rNTE|1||see\nMSH: next\nBTS\rBTS|1\r"
        #expect(try batch(noted).groups.map(\.messages.count) == [1])
    }

    @Test("wrong counts and missing trailers are told with their place, the messages are there all the same")
    func objections() throws {
        func objections(_ text: String) throws -> [String] { try batch(text).objections.map(\.description) }
        #expect(try objections(Part.batch + Part.one + "BTS|2\r") == ["HL7v2Error.batchCountWrong at BTS^1^1"])
        #expect(
            try objections(Part.file + Part.batch + Part.one + "BTS|1\r" + Part.batch + Part.two + "BTS|x\rFTS|3\r")
                == ["HL7v2Error.batchCountWrong at BTS^2^1", "HL7v2Error.batchCountWrong at FTS^1^1"])
        #expect(
            try objections(Part.file + Part.batch + Part.one)
                == ["HL7v2Error.batchStructureInvalid at BTS^1", "HL7v2Error.batchStructureInvalid at FTS^1"])
        #expect(try batch(Part.file + Part.batch + Part.one).messages.count == 1)
        #expect(HL7v2Error(.batchCountWrong).condition == .nonConformantCardinality)
    }

    private static let broken: [(String, HL7v2Error.Code)] = [
        ("", .headerUnreadable), ("PID|1\r", .headerUnreadable), ("BTS|1\r", .headerUnreadable),
        (Part.batch + "PID|1\r" + Part.one, .batchStructureInvalid),
        (Part.file + Part.batch + Part.one + "BTS|1\rPID|1\r", .batchStructureInvalid),
        (Part.file + Part.one + "FTS|1\r" + Part.two, .batchStructureInvalid),
        (Part.file + Part.file, .batchStructureInvalid),
        (Part.one + Part.file, .batchStructureInvalid),
        (Part.batch + Part.one + "BTS|1\rBTS|1\r", .batchStructureInvalid),
        ("BHS|^^\\&|\r" + Part.one, .delimitersInvalid), ("FHS|\r", .delimitersInvalid),
        (Part.one + "FTS|1\r", .batchStructureInvalid),
    ]

    @Test("what encloses nothing, or holds anything but messages, is refused", arguments: broken)
    func refused(text: String, code: HL7v2Error.Code) throws {
        do throws(HL7v2Error) {
            _ = try Batch(parsing: Array(text.utf8))
            Issue.record("read")
        } catch {
            #expect(error.code == code)
        }
    }

    @Test("more messages than the limit are refused")
    func limit() throws {
        let text = Array((Part.batch + Part.one + Part.two + Part.one).utf8)
        #expect(try Batch(parsing: text, limits: MessageLimits(messages: 3)).messages.count == 3)
        #expect(throws: HL7v2Error(.tooManyMessages)) { try Batch(parsing: text, limits: MessageLimits(messages: 2)) }
    }

    @Test("the reply is a batch of replies that refers to the one received, and reads again")
    func reply() throws {
        let context = AcknowledgmentContext(
            application: "IMGAI", facility: "RAD", messageControlID: "A1", time: try DTM(parsing: "20260301090001"))
        let request = try batch(
            Part.file + Part.batch + Part.one + Part.two + "BTS|2\r" + Part.batch + Part.two + "BTS|1\rFTS|2\r")
        let reply = request.reply([Array("MSH|^~\\&|x\r".utf8), nil, Array("MSH|^~\\&|y\r".utf8)], context: context)
        #expect(
            text(reply)
                == text(
                    segments(
                        #"FHS|^~\&|IMGAI|RAD|HIS|HOSP|20260301090001||||A1|F1"#,
                        #"BHS|^~\&|IMGAI|RAD|HIS|HOSP|20260301090001||||A1|B1"#, #"MSH|^~\&|x"#, "BTS|1",
                        #"BHS|^~\&|IMGAI|RAD|HIS|HOSP|20260301090001||||A1|B1"#, #"MSH|^~\&|y"#, "BTS|1", "FTS|2")))
        let again = try Batch(parsing: reply)
        #expect(again.objections == [] && again.messages.count == 2)
        let bare = try batch(Part.one + Part.two).reply([nil, nil], context: context)
        #expect(text(bare) == text(segments(#"BHS|^~\&|IMGAI|RAD|||20260301090001||||A1"#, "BTS|0")))
    }

    @Test("a batch is told from a message, and prints nothing")
    func telling() throws {
        #expect(Batch.isBatch(Array("\u{FEFF}\r\nFHS|".utf8)) && Batch.isBatch(Array("BHS|".utf8)))
        #expect(!Batch.isBatch(Array(Part.one.utf8)) && !Batch.isBatch([]))
        let batch = try batch(Part.file + Part.batch + Part.one)
        var dumped = ""
        dump(batch, to: &dumped)
        #expect(!"\(batch)\(batch.fileHeader.map { "\($0)" } ?? "")\(dumped)".contains("HIS"))
    }
}
