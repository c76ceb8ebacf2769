/// Text in which escape sequences switch between sets, to and from EUC-JP, which the C library converts: it has no
/// converter for ISO 2022 that knows all of IR13, IR14, IR87 and IR159.
enum JapaneseCode {
    /// The text of `bytes`; what is in force goes on in `extensions`.
    ///
    /// - Parameter primary: What bytes mean that no escape sequence says more of.
    static func decode(
        _ bytes: [UInt8], primary: MessageCharacterSet = .iso2022JP, extensions: inout CodeExtension
    ) -> String {
        var text = ""
        var run: [UInt8] = []
        var runSet = primary
        func flush() {
            text += decodeRun(run, runSet)
            run.removeAll(keepingCapacity: true)
        }
        func turn(to set: MessageCharacterSet) {
            guard set != runSet else { return }
            flush()
            runSet = set
        }
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch extensions.unit(at: index, of: bytes) {
            case .designation(let length): index += length - 1
            case .kanji:
                turn(to: .iso2022JP)
                run.append(byte | 0x80)
                run.append(bytes[index + 1] | 0x80)
                index += 1
            case .supplementaryKanji:
                turn(to: .iso2022JP)
                run.append(0x8F)
                run.append(byte | 0x80)
                run.append(bytes[index + 1] | 0x80)
                index += 1
            case .katakana:
                turn(to: .iso2022JP)
                run.append(0x8E)
                run.append(byte | 0x80)
            case .byte:
                turn(to: set(of: byte, primary, extensions))
                // Katakana of eight bits are two bytes in EUC-JP. What is no katakana becomes a byte that EUC-JP lacks,
                // lest it join the next ones.
                let isOther = byte >= 0x80 && runSet == .iso2022JP
                if isOther, (0xA1...0xDF).contains(byte) { run.append(0x8E) }
                run.append(isOther && !(0xA1...0xDF).contains(byte) ? 0xFF : byte)
            }
            index += 1
        }
        flush()
        return text
    }

    /// Whether bytes from the start of a part are ASCII and nothing switches.
    static func isPlain(_ bytes: ArraySlice<UInt8>) -> Bool {
        !bytes.contains { $0 >= 0x80 || $0 == CodeExtension.escape }
    }

    /// The text of `bytes` from the start.
    static func decode(_ bytes: [UInt8]) -> String {
        if isPlain(bytes[...]) { return String(decoding: bytes, as: UTF8.self) }
        var extensions = CodeExtension()
        return decode(bytes, extensions: &extensions)
    }

    /// The set that a byte outside two-byte characters is in.
    private static func set(
        of byte: UInt8, _ primary: MessageCharacterSet, _ extensions: CodeExtension
    ) -> MessageCharacterSet {
        guard byte >= 0x80 else { return primary }
        switch extensions.g1 {
        case .primary: return primary
        case .katakana: return .iso2022JP
        case .set(let set): return set
        }
    }

    private static func decodeRun(_ run: [UInt8], _ set: MessageCharacterSet) -> String {
        guard set == .iso2022JP else { return set.decode(slice: run[...]) }
        return MultiByteCode.eucJP?.decode(run) ?? ""
    }

    /// The bytes of `text`, in ASCII at both ends; nil if the sets do not have all its characters.
    static func encode(_ text: String) -> [UInt8]? {
        guard let extended = MultiByteCode.eucJP?.encode(text) else { return nil }
        var encoded: [UInt8] = []
        var active: [UInt8] = ascii
        func append(_ bytes: some Sequence<UInt8>, in sequence: [UInt8]) {
            if sequence != active { encoded += [CodeExtension.escape] + sequence }
            active = sequence
            encoded += bytes.map { $0 & 0x7F }
        }
        var rest = extended[...]
        while let lead = rest.first {
            let length = MultiByteCode.length(of: rest, .eucJP)
            let character = rest.prefix(length)
            switch (lead, length) {
            case (0x8E, 2): append(character.dropFirst(), in: katakana)
            case (0x8F, 3): append(character.dropFirst(), in: supplementaryKanji)
            case (_, 2): append(character, in: kanji)
            // Control characters of eight bits, which ISO-2022-JP does not have.
            case (0x80..., _): return nil
            default: append(character, in: ascii)
            }
            rest = rest.dropFirst(length)
        }
        append([], in: ascii)
        return encoded
    }

    private static let ascii = Array("(B".utf8)
    private static let katakana = Array("(I".utf8)
    private static let kanji = Array("$B".utf8)
    private static let supplementaryKanji = Array("$(D".utf8)
}
