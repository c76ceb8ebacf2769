import Testing

@testable import HL7v2

@Suite("Switching character sets, HL7 v2.5.1 §2.7.2 and MSH-20")
struct CodeExtensionTests {
    func value(_ term: String, _ field: [UInt8], _ path: String = "PID-5") throws -> String? {
        let header = Array("MSH|^~\\&|A|B|C|D|20260301||ORM^O01|M1|P|2.5.1||||||\(term)\rPID|||||".utf8)
        return try Message(parsing: header + field + Array("|next\r".utf8)).value(at: FieldPath(parsing: path))
    }

    /// 山田 in JIS X 0208: 3B33 4544. 丂 in JIS X 0212: 3021. ヤ in JIS X 0201: D4.
    static let yamada = Array("\u{1B}$B;3ED\u{1B}(B".utf8)

    @Test("ESC and the spelled form mean the same")
    func spellings() throws {
        #expect(try value("~ISO IR87", Self.yamada) == "山田")
        #expect(try value("~ISO IR87", Array(#"\M2442\;3ED\C2842\"#.utf8)) == "山田")
        #expect(try value("~ISO IR87", Array(#"A\M2442\;3\C2842\B"#.utf8)) == "A山B")
        #expect(try value("~ISO IR87~ISO IR159", Array(#"\M242844\0!\C2842\"#.utf8)) == "丂")
        #expect(try value("ISO IR14~ISO IR87", Array("\u{1B}(JTaro".utf8)) == "Taro")
        #expect(try value("ISO IR14~ISO IR87", [0xD4, 0xCF]) == "ﾔﾏ")
        #expect(try value("ISO IR14~ISO IR87", Array("\u{1B}(ITO\u{1B}(B!".utf8)) == "ﾔﾏ!")
        #expect(try value("ISO IR13~ISO IR87", [0x1B, 0x29, 0x49, 0xD4, 0xCF]) == "ﾔﾏ")
    }

    @Test("names with the additions of NEC and IBM are read: rows 13 and 92, which JIS X 0208 leaves free")
    func additions() throws {
        // 髙 is 0x7C62 (its first byte is a field separator), ① 0x2D21 and ㈱ 0x2D6A, as code page 932 orders them.
        #expect(try value("~ISO IR87", Array("\u{1B}$B|b66-!-j\u{1B}(B".utf8)) == "髙橋①㈱")
        #expect(MessageCharacterSet.iso2022JP.encode(exactly: "髙") == nil)
    }

    @Test("a delimiter inside two bytes is none, the one after them is")
    func hiddenDelimiters() throws {
        // 0x307C is ぼ's neighbour of row 16: both bytes of 0x5C5E and 0x7C7E would be delimiters.
        let field = Array(#"\M2442\0|0^0~0\0&\C2842\^given"#.utf8)
        let message = Array("MSH|^~\\&|A|B|C|D|20260301||ORM^O01|M1|P|2.5.1||||||~ISO IR87\rPID|||||".utf8) + field
        let read = try Message(parsing: message + Array("|next\r".utf8))
        #expect(read.value(at: try FieldPath(parsing: "PID-5.1"))?.unicodeScalars.count == 5)
        #expect(read.value(at: try FieldPath(parsing: "PID-5.2")) == "given")
        #expect(read.value(at: try FieldPath(parsing: "PID-6")) == "next")
        #expect(read.repetitionCount(at: try FieldPath(parsing: "PID-5")) == 1)
    }

    @Test("the end of a segment ends what was put in force, even in the middle of a text")
    func lineEnd() throws {
        let bytes =
            Array("MSH|^~\\&|A|B|C|D|20260301||ORM^O01|M1|P|2.5.1||||||~ISO IR87\rNTE|1||".utf8)
            + [0x1B, 0x24, 0x42, 0x3B, 0x33] + Array("\rORC|NW|P1\r".utf8)
        let message = try Message(parsing: bytes)
        #expect(message.segments.map(\.name) == ["MSH", "NTE", "ORC"])
        #expect(message.value(at: try FieldPath(parsing: "NTE-3")) == "山")
        #expect(message.value(at: try FieldPath(parsing: "ORC-2")) == "P1")
    }

    @Test("single-byte sets are switched in G1, within one part")
    func latin() throws {
        #expect(try value("ASCII~8859/1", Array(#"\C2D41\"#.utf8) + [0xFC]) == "ü")
        #expect(try value("8859/1~8859/5", [0xFC] + Array(#"\C2D4C\"#.utf8) + [0xB1, 0xD1]) == "üБб")
        #expect(try value("8859/1", Array(#"\C2D46\"#.utf8) + [0xE1] + Array("^".utf8) + [0xE1], "PID-5.2") == "á")
    }

    @Test("hexadecimal digits are in the set in force")
    func hexadecimal() throws {
        #expect(try value("BIG-5", Array(#"\XB35C\"#.utf8)) == "許")
        #expect(try value("GB 18030-2000", Array(#"\XCDF5\"#.utf8)) == "王")
        #expect(try value("~ISO IR87", Array(#"\X1B24423B331B2842\"#.utf8)) == "山")
        #expect(try value("UNICODE UTF-8", Array(#"\XE5\\XB1B1\"#.utf8)) == "山")
    }

    @Test(
        "a switch that nobody knows stays as it stands",
        arguments: [#"\C2843\"#, #"\M2443\"#, #"\C24\"#, #"\Cxy\"#, #"\M\"#])
    func unknown(text: String) throws {
        #expect(try value("ASCII", Array(text.utf8)) == text)
    }

    static let wrong: [(String, [UInt8])] = [
        ("GB 18030-2000", [0x41, 0xFF, 0x42]), ("BIG-5", [0x41, 0xFF, 0x42]), ("KS X 1001", [0x41, 0xFF, 0x42]),
        ("8859/6", [0x41, 0xA1, 0x42]), ("8859/7", [0x41, 0xFF, 0x42]), ("8859/11", [0x41, 0xDB, 0x42]),
        ("~ISO IR87", [0x41, 0x80, 0x42]), ("CNS 11643-1992", [0x41, 0x80, 0x42]),
        ("WINDOWS-1252", [0x41, 0x81, 0x42]),
    ]

    @Test("wrong bytes are kept, replaced in text, and noticed", arguments: wrong)
    func undecodable(term: String, bytes: [UInt8]) throws {
        let header = Array("MSH|^~\\&|A|B|C|D|20260301||ORM^O01|M1|P|2.5.1||||||\(term)\rPID|||||".utf8)
        let message = try Message(parsing: header + bytes + [0x0D])
        #expect(message.value(at: try FieldPath(parsing: "PID-5")) == "A\u{FFFD}B")
        #expect(message.tolerated == .undecodableBytes)
        #expect(message.bytes == header + bytes + [0x0D])
        #expect(throws: HL7v2Error(.toleranceRequired)) {
            try Message(parsing: header + bytes + [0x0D], options: MessageOptions(tolerances: .none))
        }
    }

    @Test("the sender's default may be a set whose bytes equal delimiters")
    func hidingDefault() throws {
        let facility = try #require(MessageCharacterSet.big5.encode(exactly: "么許"))
        let bytes = Array("MSH|^~\\&|A|".utf8) + facility + Array("|C|D|20260301||ORM^O01|M1|P|2.5.1\rPID|1\r".utf8)
        let message = try Message(parsing: bytes, options: MessageOptions(characterSet: .big5, tolerances: .none))
        #expect(message.sendingFacility == "么許" && message.messageControlID == Array("M1".utf8))
    }

    @Test("characters that a set lacks are refused, or a question mark where something must be written")
    func inexpressible() {
        for set in MessageCharacterSet.allCases where set != .utf8 && set != .gb18030 {
            #expect(set.encode(exactly: "A😀") == nil)
            #expect(set.encode("A😀B") == Array("A?B".utf8))
            #expect(set.encode(exactly: "Doe") == Array("Doe".utf8))
        }
        // iconv would write a backslash and a tilde.
        #expect(MessageCharacterSet.iso2022JP.encode(exactly: "¥") == nil)
        #expect(MessageCharacterSet.iso2022JP.encode(exactly: "‾") == nil)
        #expect(MessageCharacterSet.iso2022JP.encode(exactly: "山ﾔA丂") != nil)
    }

    @Test("every scalar that a set can write reads back as itself", arguments: MessageCharacterSet.allCases)
    func everyScalar(set: MessageCharacterSet) {
        var count = 0
        for value in stride(from: UInt32(0x80), to: 0x2_0000, by: set == .utf8 || set == .gb18030 ? 37 : 1) {
            guard let scalar = Unicode.Scalar(value), let bytes = set.encode(exactly: String(scalar)) else { continue }
            count += 1
            #expect(set.decode(bytes).unicodeScalars.elementsEqual([scalar]))
        }
        #expect(set == .ascii ? count == 0 : count >= 80)
    }
}
