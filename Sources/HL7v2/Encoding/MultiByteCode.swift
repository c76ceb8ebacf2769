/// A character set of one to four bytes per character whose single bytes below 0x80 are ASCII.
struct MultiByteCode: Sendable {
    /// How many bytes a character has, by the form of its bytes alone, whether or not the set defines it.
    enum Form: Sendable { case gb18030, big5, korean, eucTW, eucJP }

    private let form: Form
    private let decoder: CharacterConversion
    private let encoder: CharacterConversion

    /// Names as iconv has them; nil where this machine's C library lacks one.
    private init?(_ form: Form, decoding reading: String, encoding writing: String) {
        self.form = form
        decoder = CharacterConversion(from: reading, to: "UTF-8")
        encoder = CharacterConversion(from: "UTF-8", to: writing)
        guard decoder.isAvailable, encoder.isAvailable else { return nil }
    }

    static let gb18030 = MultiByteCode(.gb18030, decoding: "GB18030", encoding: "GB18030")
    static let big5 = MultiByteCode(.big5, decoding: "BIG5", encoding: "BIG5")
    /// Windows writes its additions to KS X 1001 under that name.
    static let korean = MultiByteCode(.korean, decoding: "CP949", encoding: "EUC-KR")
    static let eucTW = MultiByteCode(.eucTW, decoding: "EUC-TW", encoding: "EUC-TW")
    static let eucJP = MultiByteCode(.eucJP, decoding: "EUC-JP", encoding: "EUC-JP")

    func decode(_ bytes: [UInt8]) -> String {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return String(decoding: bytes, as: UTF8.self) }
        let text = decoder.convert(bytes) { rest in
            let length = Self.length(of: rest, form)
            return (length, addition(Array(rest.prefix(length))) ?? Array("\u{FFFD}".utf8))
        }
        return String(decoding: text ?? [], as: UTF8.self)
    }

    /// Whether all of `bytes` are defined.
    func defines(_ bytes: [UInt8]) -> Bool { decoder.convert(bytes) != nil }

    /// A character that NEC and IBM added to JIS X 0208 in rows that it leaves free, the family name 髙 among them. Only
    /// code page 932 has these, and has the same rows at other bytes.
    private func addition(_ character: [UInt8]) -> [UInt8]? {
        guard form == .eucJP, character.count == 2, character[0] != 0x8E else { return nil }
        let (row, cell) = (character[0] & 0x7F, character[1] & 0x7F)
        let lead = (row - 0x21) / 2 + 0x81
        let shift: UInt8 = row.isMultiple(of: 2) ? 0x7E : cell < 0x60 ? 0x1F : 0x20
        return Self.windowsJapanese.convert([lead > 0x9F ? lead + 0x40 : lead, cell + shift])
    }

    private static let windowsJapanese = CharacterConversion(from: "CP932", to: "UTF-8")

    /// nil unless the bytes decode to the very same scalars: iconv maps a few characters to their likeness.
    func encode(_ text: String) -> [UInt8]? {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return Array(text.utf8) }
        guard let bytes = encoder.convert(Array(text.utf8)),
            decode(bytes).utf8.elementsEqual(text.utf8)
        else { return nil }
        return bytes
    }

    /// The bytes of the first character of `rest`: 1 where they have not the form of a longer one.
    static func length(of rest: ArraySlice<UInt8>, _ form: Form) -> Int {
        func byte(_ offset: Int) -> UInt8 { offset < rest.count ? rest[rest.startIndex + offset] : 0 }
        let lead = byte(0)
        guard (0x81...0xFE).contains(lead) else { return 1 }
        switch form {
        case .gb18030:
            if (0x40...0x7E).contains(byte(1)) || (0x80...0xFE).contains(byte(1)) { return 2 }
            let isFour = isDigit(byte(1)) && (0x81...0xFE).contains(byte(2)) && isDigit(byte(3))
            return isFour ? 4 : 1
        case .big5: return (0x40...0x7E).contains(byte(1)) || (0xA1...0xFE).contains(byte(1)) ? 2 : 1
        case .korean:
            let isLetter = (0x41...0x5A).contains(byte(1) & 0xDF) && byte(1) < 0x80
            return isLetter || (0x81...0xFE).contains(byte(1)) ? 2 : 1
        case .eucTW:
            if lead == 0x8E { return rest.count >= 4 && rest.dropFirst().prefix(3).allSatisfy { $0 >= 0xA1 } ? 4 : 1 }
            return lead >= 0xA1 && byte(1) >= 0xA1 ? 2 : 1
        case .eucJP:
            if lead == 0x8F { return byte(1) >= 0xA1 && byte(2) >= 0xA1 ? 3 : 1 }
            return (lead == 0x8E || lead >= 0xA1) && byte(1) >= 0xA1 ? 2 : 1
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
