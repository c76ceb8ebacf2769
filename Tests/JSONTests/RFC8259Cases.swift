/// Texts that RFC 8259 accepts or refuses, by clause. Written for this project.
enum RFC8259Cases {
    struct Rejected: Sendable {
        let bytes: [UInt8]
        let code: String

        init(_ text: String, _ code: String) {
            bytes = Array(text.utf8)
            self.code = code
        }

        init(_ bytes: [UInt8], _ code: String) {
            self.bytes = bytes
            self.code = code
        }
    }

    /// Text, and the compact text that is written back.
    static let accepted: [(String, String)] = [
        // §2 white space, §3 any value at the top
        ("null", "null"), (" true\n", "true"), ("\t\r\nfalse ", "false"), ("0", "0"), (#""""#, #""""#),
        ("[]", "[]"), ("[ ]", "[]"), ("{}", "{}"), ("{ \n}", "{}"),
        // §4 objects keep their order
        (#"{"b":1,"a":2}"#, #"{"b":1,"a":2}"#), (#"{ "" : [ ] , "x" : { } }"#, #"{"":[],"x":{}}"#),
        // §5 arrays of mixed kinds
        (#"[1,"1",null,true,[],{}]"#, #"[1,"1",null,true,[],{}]"#),
        // §6 numbers keep their text
        ("-0", "-0"), ("0.870", "0.870"), ("-0.0", "-0.0"), ("1e5", "1e5"), ("1E+05", "1E+05"), ("1.5e-10", "1.5e-10"),
        ("123456789012345678901234567890", "123456789012345678901234567890"), ("1e999", "1e999"),
        // §7 strings
        (#""\"\\\/\b\f\n\r\t""#, #""\"\\/\b\f\n\r\t""#), (#""\u0041\u00e9""#, "\"A\u{E9}\""),
        (#""\ud83e\uDEC1""#, "\"\u{1FAC1}\""), ("\"\u{E9}\u{1FAC1}\"", "\"\u{E9}\u{1FAC1}\""),
        (#""\u0000\u001F""#, #""\u0000\u001f""#), ("\"\u{7F}\u{2028}\"", "\"\u{7F}\u{2028}\""),
        (#""\u007f""#, "\"\u{7F}\""), (#""\ufffe\uFFFF""#, "\"\u{FFFE}\u{FFFF}\""),
        (#""a\\u0041""#, #""a\\u0041""#),
    ]

    static let rejected: [Rejected] = [
        // §2 one value and white space
        Rejected("", "unexpectedEnd"), Rejected("  ", "unexpectedEnd"), Rejected("1 2", "trailingBytes"),
        Rejected("[]]", "trailingBytes"), Rejected("{} x", "trailingBytes"), Rejected("\u{A0}1", "unexpectedByte"),
        Rejected("\u{0C}1", "unexpectedByte"), Rejected("// c\n1", "unexpectedByte"),
        Rejected([0xEF, 0xBB, 0xBF, 0x31], "unexpectedByte"),
        // §3 literals in lower case, complete
        Rejected("True", "unexpectedByte"), Rejected("nul", "unexpectedEnd"), Rejected("nulL", "unexpectedByte"),
        Rejected("tru e", "unexpectedByte"), Rejected("NaN", "unexpectedByte"), Rejected("Infinity", "unexpectedByte"),
        Rejected("nullx", "trailingBytes"),
        // §4 objects
        Rejected("{", "unexpectedEnd"), Rejected("{a:1}", "unexpectedByte"), Rejected("{1:1}", "unexpectedByte"),
        Rejected(#"{"a"}"#, "unexpectedByte"), Rejected(#"{"a":}"#, "unexpectedByte"),
        Rejected(#"{"a":1,}"#, "unexpectedByte"), Rejected(#"{,"a":1}"#, "unexpectedByte"),
        Rejected(#"{"a":1 "b":2}"#, "unexpectedByte"), Rejected(#"{"a":1]"#, "unexpectedByte"),
        Rejected(#"{"a":1,"a":1}"#, "duplicateKey"), Rejected(#"{"a":1,"\u0061":2}"#, "duplicateKey"),
        Rejected("{'a':1}", "unexpectedByte"), Rejected(#"{"a":"#, "unexpectedEnd"),
        // §5 arrays
        Rejected("[", "unexpectedEnd"), Rejected("[1,]", "unexpectedByte"), Rejected("[,1]", "unexpectedByte"),
        Rejected("[1 2]", "unexpectedByte"), Rejected("[1}", "unexpectedByte"), Rejected("]", "unexpectedByte"),
        // §6 numbers
        Rejected("01", "trailingBytes"), Rejected("-", "invalidNumber"), Rejected("+1", "unexpectedByte"),
        Rejected(".5", "unexpectedByte"), Rejected("1.", "invalidNumber"), Rejected("1.e5", "invalidNumber"),
        Rejected("1e", "invalidNumber"), Rejected("1e+", "invalidNumber"), Rejected("-a", "invalidNumber"),
        Rejected("0x10", "trailingBytes"), Rejected("1_000", "trailingBytes"), Rejected("--1", "invalidNumber"),
        Rejected("\u{FF11}", "unexpectedByte"), Rejected("-.5", "invalidNumber"), Rejected("00", "trailingBytes"),
        // §7 strings
        Rejected(#"""#, "unexpectedEnd"), Rejected(#""a"#, "unexpectedEnd"), Rejected(#""a\"#, "unexpectedEnd"),
        Rejected("\"a\nb\"", "controlCharacter"), Rejected("\"\t\"", "controlCharacter"),
        Rejected("\"\u{0}\"", "controlCharacter"), Rejected(#""\x41""#, "invalidEscape"),
        Rejected(#""\U0041""#, "invalidEscape"), Rejected(#""\u12G4""#, "invalidEscape"),
        Rejected(#""\u12"#, "unexpectedEnd"), Rejected(#""\'""#, "invalidEscape"), Rejected("'a'", "unexpectedByte"),
        // §8.1 UTF-8, §8.2 surrogates in pairs
        Rejected(#""\ud800""#, "loneSurrogate"), Rejected(#""\udc00""#, "loneSurrogate"),
        Rejected(#""\ud800\ud800""#, "loneSurrogate"), Rejected(#""\ud800x""#, "loneSurrogate"),
        Rejected(#""\ud800\n""#, "loneSurrogate"), Rejected(#""\ud83d\u0041""#, "loneSurrogate"),
        Rejected([0x22, 0xFF, 0x22], "invalidUTF8"), Rejected([0x22, 0xC0, 0xAF, 0x22], "invalidUTF8"),
        Rejected([0x22, 0xE2, 0x82, 0x22], "invalidUTF8"), Rejected([0x22, 0xED, 0xA0, 0x80, 0x22], "invalidUTF8"),
        Rejected([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], "invalidUTF8"),
        Rejected([0x22, 0x5C, 0x6E, 0xE9, 0x22], "invalidUTF8"), Rejected([0x22, 0xE9, 0x22], "invalidUTF8"),
        Rejected([0xFF, 0xFE, 0x31, 0x00], "unexpectedByte"), Rejected([0x31, 0x00], "trailingBytes"),
    ]
}
