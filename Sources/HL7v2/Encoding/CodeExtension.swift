/// The sets that escape sequences of ISO 2022 have put in force, as far as HL7 uses them (v2.5.1 §2.7.2): Japanese sets
/// in G0, Latin and other sets or katakana in G1.
struct CodeExtension {
    /// What bytes below 0x80 mean.
    enum G0 { case ascii, romaji, katakana, kanji, supplementaryKanji }
    /// What bytes above 0x7F mean.
    enum G1: Hashable {
        case primary, katakana
        case set(MessageCharacterSet)
    }
    /// The next few bytes of a text.
    enum Unit {
        /// An escape sequence of so many bytes, which has taken effect.
        case designation(Int)
        /// A character of two bytes.
        case kanji, supplementaryKanji
        /// One byte of G0 that means katakana.
        case katakana
        /// One byte as it stands.
        case byte
    }

    static let escape: UInt8 = 0x1B

    private(set) var g0 = G0.ascii
    private(set) var g1 = G1.primary

    /// What stands at `index`. A line end ends what was put in force, as ISO-2022-JP demands.
    mutating func unit(at index: Int, of bytes: [UInt8]) -> Unit {
        let byte = bytes[index]
        if byte == Self.escape {
            let rest = (1...3).map { index + $0 < bytes.endIndex ? bytes[index + $0] : 0 }
            guard let length = designate(rest) else { return .byte }
            return .designation(length + 1)
        }
        if byte == 0x0D || byte == 0x0A {
            self = CodeExtension()
            return .byte
        }
        guard (0x21...0x7E).contains(byte) else { return .byte }
        switch g0 {
        case .ascii, .romaji: return .byte
        case .katakana: return byte <= 0x5F ? .katakana : .byte
        case .kanji, .supplementaryKanji:
            guard index + 1 < bytes.endIndex, (0x21...0x7E).contains(bytes[index + 1]) else { return .byte }
            return g0 == .kanji ? .kanji : .supplementaryKanji
        }
    }

    /// Puts a set in force.
    ///
    /// - Parameter sequence: The bytes after ESC, three at least.
    /// - Returns: How many of them are the sequence; nil if they are none that HL7 knows.
    mutating func designate(_ sequence: [UInt8]) -> Int? {
        guard sequence.count >= 2 else { return nil }
        let final = sequence[1]
        switch sequence[0] {
        case UInt8(ascii: "("):
            switch final {
            case UInt8(ascii: "B"): g0 = .ascii
            case UInt8(ascii: "J"): g0 = .romaji
            case UInt8(ascii: "I"): g0 = .katakana
            default: return nil
            }
            return 2
        case UInt8(ascii: ")"):
            guard final == UInt8(ascii: "I") else { return nil }
            g1 = .katakana
            return 2
        case UInt8(ascii: "-"):
            guard let set = Self.latin[final] else { return nil }
            g1 = .set(set)
            return 2
        case UInt8(ascii: "$"):
            if final == UInt8(ascii: "B") || final == UInt8(ascii: "@") {
                g0 = .kanji
                return 2
            }
            guard final == UInt8(ascii: "("), sequence.count >= 3, sequence[2] == UInt8(ascii: "D") else { return nil }
            g0 = .supplementaryKanji
            return 3
        default: return nil
        }
    }

    /// Final bytes of ESC 2/13 (ISO-IR 100, 101, 109, 110, 126, 127, 138, 144, 148, 166, 203).
    private static let latin: [UInt8: MessageCharacterSet] = [
        UInt8(ascii: "A"): .latin1, UInt8(ascii: "B"): .latin2, UInt8(ascii: "C"): .latin3, UInt8(ascii: "D"): .latin4,
        UInt8(ascii: "F"): .greek, UInt8(ascii: "G"): .arabic, UInt8(ascii: "H"): .hebrew,
        UInt8(ascii: "L"): .cyrillic, UInt8(ascii: "M"): .latin5, UInt8(ascii: "T"): .thai, UInt8(ascii: "b"): .latin9,
    ]
}
