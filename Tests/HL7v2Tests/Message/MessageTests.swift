import HL7v2
import Testing

@Suite("Message, HL7 v2.5.1 chapter 2")
struct MessageTests {
    static let header = #"MSH|^~\&|A|B|C|D|20260301||ORM^O01|M1|P|2.5.1"#

    func value(_ bytes: [UInt8], _ path: String) throws -> String? {
        try Message(parsing: bytes).value(at: FieldPath(parsing: path))
    }

    @Test("the bytes stay as received, mark and line ends too")
    func bytesUnchanged() throws {
        let bytes = [0xEF, 0xBB, 0xBF] + Array("\(Self.header)\r\nPID|1||4711\n".utf8)
        #expect(try Message(parsing: bytes).bytes == bytes)
    }

    @Test("MSH counts its separator as field 1 (§2.5.4)")
    func headerNumbering() throws {
        let bytes = segments(Self.header)
        #expect(try value(bytes, "MSH-1") == "|")
        #expect(try value(bytes, "MSH-2") == #"^~\&"#)
        #expect(try value(bytes, "MSH-3") == "A")
        #expect(try value(bytes, "MSH-9.2") == "O01")
        #expect(try value(bytes, "MSH-12") == "2.5.1")
    }

    @Test("null deletes, empty keeps, absent is empty (§2.5.3.2)")
    func nullAndEmpty() throws {
        let message = try Message(parsing: segments(Self.header, #"PID|||""||""^x|a^""&b"#))
        func read(_ path: String) throws -> FieldValue { message.fieldValue(at: try FieldPath(parsing: path)) }
        #expect(try read("PID-3") == .null)
        #expect(try read("PID-3.4") == .null)
        #expect(try read("PID-5.1") == .null)
        #expect(try read("PID-5.2") == .text("x"))
        #expect(try read("PID-6.2.1") == .null)
        #expect(try read("PID-6.2.2") == .text("b"))
        #expect(try read("PID-4") == .empty)
        #expect(try read("PID-99") == .empty)
        #expect(try read("ZZZ-1") == .empty)
        #expect(message.value(at: try FieldPath(parsing: "PID-3")) == nil)
    }

    @Test("each line end is a tolerance with a name")
    func lineEnds() throws {
        let lines = [Self.header, "PID|1||4711"]
        let cases: [(String, Tolerances)] = [
            (lines.map { $0 + "\r" }.joined(), []),
            (lines.joined(separator: "\r"), .missingLastTerminator),
            (lines.map { $0 + "\n" }.joined(), .lineFeed),
            (lines.map { $0 + "\r\n" }.joined(), .carriageReturnLineFeed),
            (lines.map { $0 + "\r\r" }.joined(), .blankLines),
            ("\r\n" + lines.map { $0 + "\r" }.joined(), .leadingSpace),
            ("\u{FEFF}" + lines.map { $0 + "\r" }.joined(), .byteOrderMark),
        ]
        for (message, tolerance) in cases {
            let bytes = Array(message.utf8)
            let parsed = try Message(parsing: bytes)
            #expect(parsed.tolerated == tolerance)
            #expect(parsed.segments.map(\.name) == ["MSH", "PID"])
            #expect(parsed.value(at: try FieldPath(parsing: "PID-3")) == "4711")
            guard tolerance != [] else { continue }
            #expect(throws: HL7v2Error(.toleranceRequired)) {
                try Message(parsing: bytes, options: MessageOptions(tolerances: .none))
            }
        }
    }

    @Test("a lone line feed is data between CRs, unless a segment follows it")
    func loneLineFeed() throws {
        let bytes = Array("\(Self.header)\rNTE|1||two\nlines\nORC|NW\r".utf8)
        let message = try Message(parsing: bytes)
        #expect(message.segments.map(\.name) == ["MSH", "NTE", "ORC"])
        #expect(message.value(at: try FieldPath(parsing: "NTE-3")) == "two\nlines")
    }

    @Test("repetitions, later occurrences and Z segments are reached by path")
    func paths() throws {
        let message = try Message(
            parsing: segments(Self.header, "PID|||1^^^A~2^^^B&1.2&ISO", "OBX|1", "OBX|2", "Z01|a^b"))
        func read(_ path: String) throws -> String? { message.value(at: try FieldPath(parsing: path)) }
        #expect(try read("PID-3[2].4.2") == "1.2")
        #expect(try read("OBX[2]-1") == "2")
        #expect(try read("Z01-1.2") == "b")
        #expect(message.values(at: try FieldPath(parsing: "PID-3.1")) == ["1", "2"])
        #expect(message.repetitionCount(at: try FieldPath(parsing: "PID-3")) == 2)
        #expect(message.repetitionCount(at: try FieldPath(parsing: "PID-4")) == 0)
        #expect(message.count(of: "OBX") == 2)
    }

    @Test("an escape never makes a delimiter or a segment (§2.7)")
    func escapesAfterCutting() throws {
        let message = try Message(parsing: segments(Self.header, #"NTE|1|\F\\S\\R\\T\\E\|a\X0D\ORC|A\B|\Z1\x|\H\!\N\"#))
        let expected = [2: #"|^~&\"#, 3: "a\rORC", 4: #"A\B"#, 5: #"\Z1\x"#, 6: "!"]
        for (field, value) in expected {
            #expect(message.value(at: try FieldPath(parsing: "NTE-\(field)")) == value)
        }
        #expect(message.segments.count == 2)
    }

    @Test("formatting commands are bounded")
    func formatting() throws {
        let message = try Message(
            parsing: segments(Self.header, #"NTE|\.br\|\.sp3\|\.sk999999\|\.sp99999999\|\.in4\x"#))
        func count(_ field: Int) throws -> Int? { message.value(at: try FieldPath(parsing: "NTE-\(field)"))?.count }
        #expect(try [1, 2, 3, 4, 5].map { try count($0) } == [1, 3, 99, 13, 1])
    }

    @Test("limits name the place")
    func limits() throws {
        let limits = MessageLimits(bytes: 400, segments: 3, fields: 20, repetitions: 4)
        func code(_ bytes: [UInt8]) -> HL7v2Error? {
            do throws(HL7v2Error) {
                _ = try Message(parsing: bytes, options: MessageOptions(limits: limits))
                return nil
            } catch { return error }
        }
        let line = String(repeating: "|", count: 21)
        #expect(code(segments(Self.header, "PID|1", "OBX")) == nil)
        #expect(code(segments(Self.header, "PID", "OBX", "OBX"))?.code == .tooManySegments)
        #expect(
            code(segments(Self.header, "PID" + line))
                == HL7v2Error(.tooManyFields, at: ErrorLocation(segment: "PID", field: 20)))
        #expect(code(segments(Self.header, "PID|a~b~c~d")) == nil)
        #expect(
            code(segments(Self.header, "PID||a~b~c~d~e"))
                == HL7v2Error(.tooManyRepetitions, at: ErrorLocation(segment: "PID", field: 2)))
        #expect(code(Array(repeating: 0x20, count: 401))?.code == .messageTooLong)
    }

    @Test("names that are no segment names are an error, not skipped")
    func segmentNames() {
        for line in ["PIDX|1", "PV|1", "pid|1", "P", "PID^1", "\u{0}\u{0}\u{0}|"] {
            #expect(throws: HL7v2Error(.segmentNameInvalid, at: ErrorLocation(segment: "MSH"))) {
                try Message(parsing: segments(Self.header, line))
            }
            #expect(throws: HL7v2Error(.segmentNameInvalid, at: ErrorLocation(segment: "NTE", sequence: 2))) {
                try Message(parsing: segments(Self.header, "NTE|1", "NTE|2", line))
            }
        }
    }

    @Test("a second MSH is another message: one that holds both is refused at its place")
    func secondHeader() {
        #expect(throws: HL7v2Error(.batchStructureInvalid, at: ErrorLocation(segment: "MSH", sequence: 2))) {
            try Message(parsing: segments(Self.header, "PID|1", Self.header, "PID|1"))
        }
    }

    @Test("a frame without MSH, or with delimiters that cannot be, is unreadable and rejected")
    func unreadable() throws {
        for bytes in ["", "MSH", "MSH|", "MSH||", "MSA|AA", "BHS|^~\\&", "MSH|^^\\&|", "MSHA^~\\&A", "MSH|^~\\&#!|"] {
            do throws(HL7v2Error) {
                _ = try Message(parsing: Array(bytes.utf8))
                Issue.record("parsed \(bytes)")
            } catch {
                #expect(error.isRejection)
                #expect(error.condition == .segmentSequenceError)
            }
        }
    }

    @Test("nothing of a message is printed")
    func redacted() throws {
        let message = try Message(parsing: segments(Self.header, "PID|1||4711||DOE^JANE"))
        var dumped = ""
        dump(message, to: &dumped)
        dump(message.header, to: &dumped)
        for text in [dumped, "\(message)", String(reflecting: message), "\(message.header)"] {
            #expect(!text.contains("DOE") && !text.contains("4711") && !text.contains("M1"))
        }
    }

    @Test(
        "paths that are none are refused",
        arguments: [
            "", "PID", "PID-", "PID-0", "pid-1", "PID-3[", "PID-3[0]", "PID-3.0", "PID-3.1.", "PID-3.1.1.1",
            "PID-03", "PID-3 ", "PID-99999", "PIDX-1", "P1D--1", "1PD-1",
        ])
    func badPaths(text: String) {
        #expect(throws: HL7v2Error(.fieldPathInvalid)) { try FieldPath(parsing: text) }
    }

    @Test("a path prints as it is written", arguments: ["OBR-4.1", "PID-3[2].4.1", "OBX[3]-5", "ZDS-1.1"])
    func pathDescription(text: String) throws {
        #expect(try FieldPath(parsing: text).description == text)
    }
}
