internal import CDCMTK

/// Japanese text with code extensions (PS3.3 table C.12-3 and C.12-4, PS3.5 §H.3): JIS X 0201, JIS X 0208 (IR 87) and
/// JIS X 0212 (IR 159).
///
/// DCMTK asks the C library for bare JIS X 0208, which glibc does not have. Here the escape sequences are resolved into
/// EUC-JP, which it has.
enum JapaneseText {
    private enum CodeElement { case ascii, kanji, supplementaryKanji, katakana }

    private static let required: Set<String> = ["ISO 2022 IR 87", "ISO 2022 IR 159", "ISO 2022 IR 13", "ISO_IR 13"]
    private static let allowed = required.union(["", "ISO 2022 IR 6", "ISO_IR 6"])

    /// Whether these values of (0008,0005) are Japanese and nothing else.
    static func isRepertoire(_ terms: [String]) -> Bool {
        terms.allSatisfy(allowed.contains) && !required.isDisjoint(with: terms)
    }

    /// The text; nil if it holds an escape sequence or bytes of another repertoire.
    static func decode(_ bytes: [UInt8], delimiters: String) -> String? {
        guard let extended = extendedUnixCode(bytes, delimiters: Array(delimiters.utf8)) else { return nil }
        var buffer = unsafe cdcmtk_buffer(bytes: nil, count: 0)
        let status = unsafe extended.withUnsafeBufferPointer { text in
            unsafe cdcmtk_euc_jp_utf8(text.baseAddress, text.count, &buffer)
        }
        defer { unsafe cdcmtk_buffer_free(buffer) }
        guard status == CDCMTK_OK else { return nil }
        return String(validating: unsafe NativeBuffer.bytes(buffer), as: UTF8.self)
    }

    /// ISO 2022 → EUC-JP. A delimiter must stand in G0 = ASCII or JIS X 0201 (PS3.5 §6.1.2.5.3); it resets what was
    /// chosen by escape sequences.
    private static func extendedUnixCode(_ bytes: [UInt8], delimiters: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var active = CodeElement.ascii
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            if byte == 0x1B {
                guard let designated = designation(&rest) else { return nil }
                active = designated
                continue
            }
            if byte < 0x21 || (active == .ascii && byte < 0x80) {
                if delimiters.contains(byte) { active = .ascii }
                result.append(byte)
                continue
            }
            // G1: half-width katakana, whatever G0 is.
            if byte >= 0x80 || active == .katakana {
                guard (0xA1...0xDF).contains(byte | 0x80) else { return nil }
                result += [0x8E, byte | 0x80]
                continue
            }
            guard let second = rest.popFirst(), (0x21...0x7E).contains(second), byte < 0x7F else { return nil }
            result += (active == .supplementaryKanji ? [0x8F] : []) + [byte | 0x80, second | 0x80]
        }
        return result
    }

    /// What the escape sequence calls for (PS3.3 table C.12-3 and C.12-4); nil for another repertoire's.
    private static func designation(_ rest: inout ArraySlice<UInt8>) -> CodeElement? {
        let sequences: [([UInt8], CodeElement)] = [
            ([0x28, 0x42], .ascii), ([0x28, 0x4A], .ascii), ([0x29, 0x49], .ascii), ([0x28, 0x49], .katakana),
            ([0x24, 0x42], .kanji), ([0x24, 0x28, 0x44], .supplementaryKanji),
        ]
        guard let (bytes, element) = sequences.first(where: { rest.starts(with: $0.0) }) else { return nil }
        rest = rest.dropFirst(bytes.count)
        return element
    }
}
