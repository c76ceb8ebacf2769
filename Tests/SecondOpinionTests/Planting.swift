/// Puts bytes somewhere into a file.
enum Planting: String, CaseIterable {
    case text, unlimitedText, deepItem, privateText, privateBinary, unknown, unknownItem, preamble, fileMeta, padding
    case overlay, behindTheEnd, pixels, fragment, comment

    /// Only long values count there.
    var isBinary: Bool { self == .pixels || self == .fragment }

    func plant(_ bytes: [UInt8], into file: inout WrittenFile, _ generator: inout SeededGenerator) {
        let around = [UInt8](repeating: 0x2E, count: Int.random(in: 0...9, using: &generator))
        let even = bytes.count % 2 == 0 ? bytes : bytes + [0x20]
        switch self {
        case .text: file.elements.append(.init(0x0008_1030, "LO", even))
        case .unlimitedText:
            let long = [UInt8](repeating: 0x2D, count: Int.random(in: 0...200_000, using: &generator))
            file.elements.append(.init(0x0040_A160, "UT", long + [0x20] + bytes + [0x20] + long))
        case .deepItem:
            var element = WrittenFile.Element(0x0040_A160, "UT", around + [0x20] + bytes)
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                element = .init(0x0040_A730, items: [[], [element]], undefined: Bool.random(using: &generator))
            }
            file.elements.append(element)
        case .privateText:
            file.elements += [.init(0x0009_0010, "LO", "ACME 1.1"), .init(0x0009_1001, "LO", even)]
        case .privateBinary: file.elements.append(.init(0x0011_1001, "OB", [1, 2, 3, 0] + bytes + [0, 0, 7]))
        case .unknown: file.elements.append(.init(0x0011_1002, "UN", [0, 1] + bytes + [0, 0]))
        case .unknownItem:
            let inner = WrittenFile.write(.init(0x0010_4000, "LT", even), .implicit)
            let length = [UInt8(inner.count & 255), UInt8(inner.count >> 8), 0, 0]
            file.elements.append(.init(0x0011_1003, "UN", [0xFE, 0xFF, 0x00, 0xE0] + length + inner))
        case .preamble:
            let start = Int.random(in: 0...max(0, 127 - bytes.count), using: &generator)
            file.preamble.replaceSubrange(start..<min(128, start + bytes.count), with: bytes.prefix(128 - start))
        case .fileMeta: file.meta.append(.init(0x0002_0102, "OB", [0] + bytes + [0]))
        case .padding: file.elements.append(.init(0xFFFC_FFFC, "OB", [UInt8](repeating: 0, count: 8) + bytes + [0]))
        case .overlay: file.elements.append(.init(0x6000_3000, "OW", [0x80, 1, 0] + bytes + [0, 255, 7]))
        case .behindTheEnd: file.trailing = [0, 0] + bytes + [0]
        case .pixels:
            let noise = (0..<Int.random(in: 0...9000, using: &generator)).map { UInt8($0 * 7 & 255) }
            file.elements.removeAll { $0.tag == 0x7FE0_0010 }
            file.elements.append(.init(0x7FE0_0010, "OW", noise + bytes + noise))
        case .fragment, .comment:
            file.syntax = .jpeg
            file.elements.removeAll { $0.tag == 0x7FE0_0010 }
            let noise = (0..<Int.random(in: 5000...9000, using: &generator)).map { UInt8($0 * 7 & 255) }
            let comment = [0xFF, 0xD8, 0xFF, 0xFE, 0, UInt8(bytes.count + 3)] + bytes + [0, 0xFF, 0xDB]
            let first = self == .comment ? comment + noise : [0xFF, 0xD8, 0xFF, 0xDB] + noise + bytes + noise
            file.elements.append(.init(fragments: [first.count % 2 == 0 ? first : first + [0], [1, 2, 3, 4]]))
        }
    }
}

/// How a text is written as bytes.
enum Writing: String, CaseIterable {
    case utf8, latin1, utf16LittleEndian, utf16BigEndian, base64, hex

    func bytes(_ text: String) -> [UInt8]? {
        switch self {
        case .utf8: return Array(text.utf8)
        case .latin1:
            let scalars = text.unicodeScalars
            return scalars.allSatisfy { $0.value < 256 } ? scalars.map { UInt8($0.value) } : nil
        case .utf16LittleEndian: return text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        case .utf16BigEndian: return text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        case .hex:
            return text.utf8.flatMap { byte in Array((String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)).utf8)
            }
        case .base64:
            let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
            let bytes = Array(text.utf8)
            return stride(from: 0, to: bytes.count, by: 3).flatMap { start -> [UInt8] in
                let group = bytes[start..<min(start + 3, bytes.count)]
                let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
                return (0..<4).map { $0 <= group.count ? alphabet[value >> (18 - 6 * $0) & 63] : 0x3D }
            }
        }
    }
}
