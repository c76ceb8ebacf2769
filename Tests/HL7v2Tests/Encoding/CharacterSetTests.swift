import HL7v2
import Testing

@Suite("MSH-18, table 0211")
struct CharacterSetTests {
    func message(_ term: String, _ name: [UInt8], default set: MessageCharacterSet = .ascii) throws -> Message {
        let header = Array("MSH|^~\\&|A|B|C|D|20260301||ORM^O01|M1|P|2.5.1||||||\(term)\rPID|||||".utf8)
        return try Message(parsing: header + name + [0x0D], options: MessageOptions(characterSet: set))
    }

    func name(_ term: String, _ name: [UInt8], default set: MessageCharacterSet = .ascii) throws -> String? {
        try message(term, name, default: set).value(at: FieldPath(parsing: "PID-5"))
    }

    static let terms: [(String, MessageCharacterSet)] = [
        ("ASCII", .ascii), ("8859/1", .latin1), ("8859-1", .latin1), ("ISO-8859-1", .latin1), ("ISO_IR 100", .latin1),
        ("UNICODE UTF-8", .utf8), ("UTF-8", .utf8), ("UTF8", .utf8), ("utf-8", .utf8), ("UNICODE", .utf8),
        ("UNICODE UTF8", .utf8), ("ISO_IR 192", .utf8), ("WINDOWS-1252", .windows1252),
        ("8859/1~UNICODE UTF-8", .latin1), ("8859/2", .latin2), ("ISO8859-2", .latin2), ("iso 8859-15", .latin9),
        ("ISO_IR 144", .cyrillic), ("GB 18030-2000", .gb18030), ("GB18030", .gb18030), ("gb2312", .gb18030),
        ("BIG-5", .big5), ("Big5", .big5), ("KS X 1001", .ksX1001), ("EUC-KR", .ksX1001), ("ISO IR149", .ksX1001),
        ("CNS 11643-1992", .cns11643), ("ISO IR87", .iso2022JP), ("~ISO IR87", .iso2022JP),
        ("ISO IR14~ISO IR87~ISO IR159", .iso2022JP), ("ASCII~ISO_IR 87", .iso2022JP),
        ("UNICODE UTF-8~ISO IR87", .utf8), ("8859/1~UNKNOWN", .latin1),
    ]

    @Test("terms and their usual misspellings", arguments: terms)
    func term(term: String, set: MessageCharacterSet) throws {
        #expect(try message(term, []).characterSet == set)
    }

    @Test("text is decoded by the declared set")
    func decoding() throws {
        #expect(try name("8859/1", [0x4D, 0xDC, 0x80]) == "MÜ\u{80}")
        #expect(try name("WINDOWS-1252", [0xDC, 0x80, 0x81]) == "Ü€\u{FFFD}")
        #expect(try name("UNICODE UTF-8", Array("Łü".utf8)) == "Łü")
    }

    @Test("an empty MSH-18 is the sender's default; undeclared bytes are noticed")
    func defaults() throws {
        #expect(try name("", [0xDC], default: .latin1) == "Ü")
        #expect(try name("", Array("Ü".utf8)) == "Ü")
        #expect(try name("ASCII", [0xDC, 0x41, 0x80]) == "ÜA€")
        #expect(try message("", [0xDC]).tolerated == .undeclaredCharacterSet)
        #expect(try message("", [0x41]).tolerated == [])
    }

    @Test("a byte order mark says UTF-8 where MSH-18 says nothing")
    func byteOrderMark() throws {
        let bytes = [0xEF, 0xBB, 0xBF] + Array("MSH|^~\\&|A|B|C|D|20260301||ORM^O01|M1|P|2.5.1\rPID|||||Ü\r".utf8)
        let message = try Message(parsing: bytes, options: MessageOptions(characterSet: .latin1))
        #expect(message.value(at: try FieldPath(parsing: "PID-5")) == "Ü")
        #expect(message.tolerated == .byteOrderMark)
    }

    @Test("invalid UTF-8 is replaced in text, kept in the bytes and noticed")
    func undecodable() throws {
        let message = try message("UNICODE UTF-8", [0x41, 0xFF])
        #expect(message.value(at: try FieldPath(parsing: "PID-5")) == "A\u{FFFD}")
        #expect(message.tolerated == .undecodableBytes)
        #expect(message.bytes.suffix(3) == [0x41, 0xFF, 0x0D])
    }

    @Test("a hexadecimal escape is in the message's set")
    func hexadecimal() throws {
        #expect(try name("8859/1", Array(#"\XDC\"#.utf8)) == "Ü")
        #expect(try name("UTF-8", Array(#"\XC39C\"#.utf8)) == "Ü")
        #expect(try name("UTF-8", Array(#"\XC3\"#.utf8)) == "\u{FFFD}")
        #expect(try name("UTF-8", Array(#"\XC\"#.utf8)) == #"\XC\"#)
    }

    @Test("other sets are an error with row 199; wide ones are rejected")
    func others() {
        let location = ErrorLocation(segment: "MSH", field: 18)
        for term in ["8859/12", "8859/16", "8859/", "8859", "nonsense", "ISO IR165", "KOI8-R"] {
            let expected = HL7v2Error(.characterSetUnsupported, at: location)
            #expect(throws: expected) { try message(term, []) }
            #expect(expected.condition == .otherError && !expected.isRejection)
        }
        for term in ["UNICODE UTF-16", "UNICODE UTF-32", "utf16", "UTF-16LE"] {
            let expected = HL7v2Error(.characterSetUnframeable, at: location)
            #expect(throws: expected) { try message(term, []) }
            #expect(expected.isRejection)
        }
    }
}
