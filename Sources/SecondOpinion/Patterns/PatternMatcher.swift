/// Finds any of many byte patterns, without regard to ASCII case. It looks at every third position only: each pattern is
/// registered by three windows of four bytes that follow each other, so one of them is always met.
struct PatternMatcher: Sendable {
    struct Pattern: Sendable {
        /// Folded by `PatternMatcher.fold`.
        let bytes: [UInt8]
        let kind: HitKind
        let bits: Double
        let bitsInStream: Double
        /// The text itself, neither base64 nor hexadecimal digits.
        let isPlain: Bool
        /// All bytes are visible ASCII.
        let isASCII: Bool
        /// The beginning of known UIDs; what follows decides.
        let isStem: Bool
    }

    /// What bytes stand for, which decides how improbable a pattern has to be.
    enum Zone: Sendable {
        case text
        case binary
        /// Samples.
        case pixels
        /// The entropy-coded part of a codestream.
        case stream
    }

    /// Bits of the least improbable pattern.
    static let leastBits = 24.0

    struct Match: Sendable {
        let offset: Int
        let pattern: Int
    }

    /// Bytes of the shortest pattern.
    static let least = 6
    private static let step = 3

    let patterns: [Pattern]
    let longest: Int
    private var filter: [UInt64]
    private var heads: [Int32]
    private var entries: [Entry] = []

    private struct Entry {
        let window: UInt32
        let pattern: Int32
        let position: Int32
        let next: Int32
    }

    init(_ patterns: [Pattern]) {
        self.patterns = patterns
        longest = patterns.reduce(0) { max($0, $1.bytes.count) }
        filter = Array(repeating: 0, count: 1 << 12)
        heads = Array(repeating: -1, count: 1 << 16)
        for (index, pattern) in patterns.enumerated() {
            let anchor = Self.anchor(pattern.bytes)
            for position in anchor..<(anchor + Self.step) { register(pattern.bytes, at: position, index) }
        }
    }

    static func fold(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    /// Where the windows are least alike what stands in empty pictures.
    private static func anchor(_ bytes: [UInt8]) -> Int {
        (0...(bytes.count - least)).prefix(64).max { first, second in
            variety(bytes[first..<(first + least)]) < variety(bytes[second..<(second + least)])
        } ?? 0
    }

    private static func variety(_ bytes: ArraySlice<UInt8>) -> Int {
        Set(bytes.map { $0 | 0x20 }).count * 2 - bytes.count { $0 == 0 }
    }

    private mutating func register(_ bytes: [UInt8], at position: Int, _ pattern: Int) {
        let window = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[position + $1]) << UInt32(8 * $1) } | 0x2020_2020
        let hash = window &* 0x9E37_79B1
        filter[Int(hash >> 14) >> 6] |= 1 << UInt64(hash >> 14 & 63)
        let head = Int(hash >> 16)
        entries.append(
            Entry(window: window, pattern: Int32(pattern), position: Int32(position), next: heads[head]))
        heads[head] = Int32(entries.count - 1)
    }

    /// All patterns that lie wholly in the bytes and end after `known`; `work` counts the patterns compared.
    func matches(in bytes: UnsafeRawBufferPointer, endingAfter known: Int, work: inout Int) -> [Match] {
        guard !patterns.isEmpty, bytes.count >= Self.least else { return [] }
        var matches: [Match] = []
        var index = 0
        let end = bytes.count - 4
        unsafe filter.withUnsafeBufferPointer { filter in
            while index <= end {
                let window =
                    unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
                    | 0x2020_2020
                let hash = window &* 0x9E37_79B1
                let bit = Int(truncatingIfNeeded: hash >> 14)
                if unsafe filter[bit >> 6] &>> UInt64(bit & 63) & 1 != 0 {
                    unsafe verify(bytes, index, window, hash, known, &matches, &work)
                }
                index += Self.step
            }
        }
        return matches
    }

    private func verify(
        _ bytes: UnsafeRawBufferPointer, _ index: Int, _ window: UInt32, _ hash: UInt32, _ known: Int,
        _ matches: inout [Match], _ work: inout Int
    ) {
        var next = heads[Int(hash >> 16)]
        while next >= 0 {
            let entry = entries[Int(next)]
            next = entry.next
            work += 1
            guard entry.window == window else { continue }
            let pattern = patterns[Int(entry.pattern)].bytes
            let start = index - Int(entry.position)
            guard start >= 0, start + pattern.count <= bytes.count, start + pattern.count > known else { continue }
            var position = 0
            while position < pattern.count, unsafe Self.fold(bytes[start + position]) == pattern[position] {
                position += 1
            }
            work += position >> 2
            if position == pattern.count { matches.append(Match(offset: start, pattern: Int(entry.pattern))) }
        }
    }
}
