/// Damages DICOM files where their structure is: lengths, VRs, delimiters, tags, order, and plain bytes.
struct FileMutation {
    private static let delimiters: [[UInt8]] = [
        [0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF], [0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0],
        [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0], [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0],
        [0xFF, 0xFE, 0xE0, 0x00, 0xFF, 0xFF, 0xFF, 0xFF], [0x08, 0x00, 0x05, 0x00, 0x43, 0x53, 0, 0],
    ]
    private static let lengths: [[UInt8]] = [
        [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0xFE, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], [1, 0, 0, 0],
        [0, 0, 0, 1], [0, 0, 1, 0], [0xFF, 0xFF],
    ]
    private static let representations: [[UInt8]] = ["SQ", "UN", "OB", "UT", "US", "PN", "FD", "AT", "ZZ", "  "].map {
        Array($0.utf8)
    }
    private static let interesting: [UInt8] = [0, 1, 2, 8, 0x1B, 0x20, 0x5C, 0x7F, 0x80, 0xE0, 0xFE, 0xFF]

    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private mutating func below(_ count: Int) -> Int { Int(truncatingIfNeeded: random.next() >> 33) % max(count, 1) }

    mutating func mutate(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0...below(3) {
            // Rarely the preamble, mostly what follows group 0002.
            let first = below(20) == 0 ? 0 : below(8) == 0 ? 128 : 158
            guard bytes.count > first + 8 else { return bytes }
            let index = first + below(bytes.count - first - 8)
            let length = min(below(40), bytes.count - index)
            switch below(12) {
            case 0: bytes[index] ^= 1 << UInt8(below(8))
            case 1: bytes[index] = Self.interesting[below(Self.interesting.count)]
            case 2: overwrite(&bytes, index, Self.lengths[below(Self.lengths.count)])
            case 3: overwrite(&bytes, index, Self.representations[below(Self.representations.count)])
            case 4: bytes.insert(contentsOf: Self.delimiters[below(Self.delimiters.count)], at: index)
            case 5: overwrite(&bytes, index, Self.delimiters[below(Self.delimiters.count)])
            case 6: bytes.removeSubrange(index..<(index + length))
            // The same elements twice, here or elsewhere.
            case 7:
                bytes.insert(contentsOf: Array(bytes[index..<(index + length)]), at: first + below(bytes.count - first))
            case 8: bytes.removeSubrange(index...)
            case 9: bytes[index] &+= 2
            case 10: bytes.append(contentsOf: bytes[index..<(index + length)])
            default: bytes[index] = UInt8(truncatingIfNeeded: below(256))
            }
        }
        return bytes
    }

    private func overwrite(_ bytes: inout [UInt8], _ index: Int, _ part: [UInt8]) {
        for (offset, byte) in part.enumerated() where index + offset < bytes.count { bytes[index + offset] = byte }
    }
}
