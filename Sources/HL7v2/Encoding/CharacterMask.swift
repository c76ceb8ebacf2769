/// The bytes of a message with every byte that is part of a longer character replaced, so that what looks like a
/// delimiter or a line end is one. As long as the message itself: ranges mean the same in both.
enum CharacterMask {
    /// No delimiter, no line end and no letter.
    static let filler: UInt8 = 0xFF

    /// `bytes` themselves where no character of the repertoire can hold a delimiter.
    static func structure(
        of bytes: [UInt8], _ repertoire: CharacterRepertoire, _ delimiters: Delimiters
    ) -> [UInt8] {
        guard repertoire.hidesDelimiters else { return bytes }
        var structure = bytes
        if repertoire.switches { hideSwitched(&structure, delimiters) }
        if repertoire.primary == .gb18030 { hide(&structure, .gb18030) }
        if repertoire.primary == .big5 { hide(&structure, .big5) }
        return structure
    }

    private static func hide(_ bytes: inout [UInt8], _ form: MultiByteCode.Form) {
        var index = 0
        while index < bytes.count {
            guard bytes[index] >= 0x80 else {
                index += 1
                continue
            }
            let length = MultiByteCode.length(of: bytes[index...].prefix(4), form)
            for position in index..<(index + length) { bytes[position] = filler }
            index += length
        }
    }

    private static func hideSwitched(_ bytes: inout [UInt8], _ delimiters: Delimiters) {
        var extensions = CodeExtension()
        var index = 0
        while index < bytes.count {
            if bytes[index] == delimiters.escape, let length = sequence(bytes[index...], delimiters, &extensions) {
                index += length
                continue
            }
            var hidden = 0
            switch extensions.unit(at: index, of: bytes) {
            case .designation(let length): hidden = length
            case .kanji, .supplementaryKanji: hidden = 2
            case .katakana: hidden = 1
            // What was put in force ends where the part ends: each is read by itself.
            case .byte: if delimiters.cuts(bytes[index]) { extensions = CodeExtension() }
            }
            for position in index..<(index + hidden) { bytes[position] = filler }
            index += max(hidden, 1)
        }
    }

    /// The length of an escape sequence that we know, escape characters included; nil if `rest` does not begin so. A
    /// switch takes effect, whatever set is in force, else there would be no way back (§2.7.2); others are none inside
    /// characters of two bytes.
    private static func sequence(
        _ rest: ArraySlice<UInt8>, _ delimiters: Delimiters, _ extensions: inout CodeExtension
    ) -> Int? {
        let body = rest.dropFirst().prefix { $0 != delimiters.escape && $0 > 0x20 && !delimiters.cuts($0) }
        guard body.endIndex < rest.endIndex, rest[body.endIndex] == delimiters.escape,
            let meaning = Escapes.meaning(of: body, delimiters)
        else { return nil }
        if case .designation(let sequence) = meaning {
            _ = extensions.designate(sequence)
        } else if extensions.g0 == .kanji || extensions.g0 == .supplementaryKanji {
            return nil
        }
        return body.count + 2
    }
}
