/// Runs of hexadecimal digits in a text that are pseudonyms, keys, digests or UUIDs: short numbers and days stand in them
/// by chance.
struct Digests {
    private var ranges: [Range<Int>] = []

    /// Digits of the shortest: a pseudonymous Patient ID.
    private static let least = 26

    init(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= Self.least else { return }
        var start = bytes.startIndex
        for index in bytes.indices where !Self.isPart(bytes[index]) {
            close(bytes[start..<index])
            start = index + 1
        }
        close(bytes[start...])
    }

    /// Whether a position is in one.
    func contain(_ offset: Int) -> Bool {
        guard !ranges.isEmpty else { return false }
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(offset)
    }

    /// What somebody wrote has words or groups of one kind: enough of both must be mixed, in letters of one case.
    private mutating func close(_ run: ArraySlice<UInt8>) {
        guard run.count >= Self.least else { return }
        let digits = run.count { (0x30...0x39).contains($0) }
        let (small, capital) = (run.count { $0 >= 0x61 }, run.count { (0x41...0x46).contains($0) })
        let changes = zip(run, run.dropFirst()).count { ($0 >= 0x41) != ($1 >= 0x41) && $0 != 0x2D && $1 != 0x2D }
        guard digits + small + capital >= Self.least, digits >= 4, max(small, capital) >= 4, min(small, capital) == 0,
            changes >= 4
        else { return }
        ranges.append(run.startIndex..<run.endIndex)
    }

    private static func isPart(_ byte: UInt8) -> Bool { byte == 0x2D || EncodedText.hexDigit(byte) != nil }
}
