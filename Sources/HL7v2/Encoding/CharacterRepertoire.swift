/// What the repetitions of MSH-18 declare together: the set in force at the start of every part, and whether escape
/// sequences of ISO 2022 may switch to Japanese sets (MSH-20).
struct CharacterRepertoire: Sendable, Hashable {
    /// In force until something switches.
    let primary: MessageCharacterSet
    /// Whether text may switch to sets of two bytes, in which a byte that looks like a delimiter is none.
    let switches: Bool

    /// Only `primary`.
    init(_ primary: MessageCharacterSet) {
        self.primary = primary
        switches = primary == .iso2022JP
    }

    /// - Parameters:
    ///   - terms: The repetitions of MSH-18. An alternate that is not known is passed over: what counts is the text.
    ///   - otherwise: What an empty first repetition means.
    /// - Throws: `characterSetUnframeable`, `characterSetUnsupported` for the first repetition.
    init(terms: [String], otherwise: MessageCharacterSet) throws(HL7v2Error) {
        let first = terms.first ?? ""
        let named = first.isEmpty ? otherwise : try MessageCharacterSet(term: first)
        let hasJapanese = terms.dropFirst().contains { (try? MessageCharacterSet(term: $0)) == .iso2022JP }
        primary = hasJapanese && named == .ascii ? .iso2022JP : named
        guard primary.coding != nil else {
            throw HL7v2Error(.characterSetUnsupported, at: ErrorLocation(segment: "MSH", field: 18))
        }
        switches = hasJapanese || primary == .iso2022JP
    }

    /// Whether a byte equal to a delimiter can be part of a character.
    var hidesDelimiters: Bool { switches || primary == .gb18030 || primary == .big5 }

    /// Whether every byte of a message stands for something.
    func defines(_ bytes: [UInt8]) -> Bool {
        if switches {
            var extensions = CodeExtension()
            let text = JapaneseCode.decode(bytes, primary: primary, extensions: &extensions)
            return !text.unicodeScalars.contains("\u{FFFD}")
        }
        return switch primary.coding {
        case .utf8: (try? UTF8Span(validating: bytes.span)) != nil
        case .singleByte(let table): table.defines(bytes)
        case .multiByte(let code), .japanese(let code): code.defines(bytes)
        case nil: false
        }
    }
}
