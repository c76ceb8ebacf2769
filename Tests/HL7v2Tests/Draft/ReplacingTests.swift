import Testing

@testable import HL7v2

@Suite("Replacing one value, all other bytes as received")
struct ReplacingTests {
    static let bytes =
        [0xEF, 0xBB, 0xBF]
        + Array(
            "MSH|^~\\&|A|B|C|D|20260301||ORM^O01|M1|P|2.5.1\r\nPID|1||4711^^^H&1.2~0815||DOE^JANE||\r\n\r\nZZZ\r\n".utf8
        )

    static let cases: [(path: String, draft: FieldDraft, line: String)] = [
        ("PID-3[1].1", "a|b", #"PID|1||a\F\b^^^H&1.2~0815||DOE^JANE||"#),
        ("PID-3[1].4.2", .empty, #"PID|1||4711^^^H&~0815||DOE^JANE||"#),
        ("PID-3[2]", .parts("1", "2"), #"PID|1||4711^^^H&1.2~1^2||DOE^JANE||"#),
        ("PID-3[4].2", "x", #"PID|1||4711^^^H&1.2~0815~~^x||DOE^JANE||"#),
        ("PID-3", .null, #"PID|1||""||DOE^JANE||"#),
        ("PID-3.1", "x", #"PID|1||x^^^H&1.2~0815||DOE^JANE||"#),
        ("PID-5.2.3", "x", #"PID|1||4711^^^H&1.2~0815||DOE^JANE&&x||"#),
        ("PID-2", "x", #"PID|1|x|4711^^^H&1.2~0815||DOE^JANE||"#),
        ("PID-10.3", "x", #"PID|1||4711^^^H&1.2~0815||DOE^JANE|||||^^x"#),
    ]

    @Test("one field, repetition, component or sub-component", arguments: cases)
    func replacing(path: String, draft: FieldDraft, line: String) throws {
        let before = try Message(parsing: Self.bytes)
        let after = try before.replacing(FieldPath(parsing: path), with: draft)
        let expected = text(Self.bytes).replacing("PID|1||4711^^^H&1.2~0815||DOE^JANE||", with: line)
        #expect(text(after.bytes) == expected)
    }

    @Test("a segment without fields gets them; others stay")
    func bare() throws {
        let message = try Message(parsing: Self.bytes).replacing(FieldPath(parsing: "ZZZ-2"), with: "x")
        #expect(text(message.bytes) == text(Self.bytes).replacing("ZZZ\r\n", with: "ZZZ||x\r\n"))
        let longer = try message.replacing(FieldPath(parsing: "MSH-15"), with: "AL")
        #expect(text(longer.bytes).contains("|P|2.5.1|||AL\r\n"))
    }

    @Test("what cannot be replaced is refused, with the place")
    func refused() throws {
        let message = try Message(parsing: Self.bytes)
        for (path, code) in [
            ("NTE-1", HL7v2Error.Code.segmentMissing), ("PID[2]-1", .segmentMissing), ("MSH-1", .draftInvalid),
            ("MSH-2", .draftInvalid), ("MSH-18", .draftInvalid),
        ] {
            let path = try FieldPath(parsing: path)
            #expect(throws: HL7v2Error(code, at: ErrorLocation(path))) { try message.replacing(path, with: "x") }
        }
        let latin = try Message(parsing: segments(MessageTests.header + "||||||8859/1", "PID|1"))
        #expect(throws: HL7v2Error(.textInexpressible, at: ErrorLocation(segment: "PID", field: 5))) {
            try latin.replacing(FieldPath(parsing: "PID-5"), with: "Ł")
        }
    }

    @Test("in sets whose bytes equal delimiters, too")
    func hidden() throws {
        let name = try #require(MessageCharacterSet.big5.encode(exactly: "么許"))
        let bytes = segments(MessageTests.header + "||||||BIG-5") + Array("PID|||".utf8) + name + Array("^x|y\r".utf8)
        let message = try Message(parsing: bytes).replacing(FieldPath(parsing: "PID-3.2"), with: "功")
        #expect(message.value(at: try FieldPath(parsing: "PID-3.1")) == "么許")
        #expect(message.value(at: try FieldPath(parsing: "PID-3.2")) == "功")
        #expect(message.value(at: try FieldPath(parsing: "PID-4")) == "y")
    }
}
