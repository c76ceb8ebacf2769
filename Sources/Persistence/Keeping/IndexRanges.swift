/// Which leaves a record names, as text: `3,7-9`. Between the leaves that lost their bodies stand some that are held, so
/// that the first and the last would not do.
struct IndexRanges: Equatable, Sendable {
    /// In order, with a gap between each two.
    private(set) var ranges: [ClosedRange<Int64>] = []

    /// - Parameter indexes: in order.
    init(_ indexes: some Sequence<Int64>) {
        for index in indexes {
            if let last = ranges.last, last.upperBound + 1 == index {
                ranges[ranges.count - 1] = last.lowerBound...index
            } else {
                ranges.append(index...index)
            }
        }
    }

    /// All that stands in one of these.
    init(union parts: [ClosedRange<Int64>]) {
        for part in parts.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = ranges.last, part.lowerBound <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, part.upperBound)
            } else {
                ranges.append(part)
            }
        }
    }

    /// Nil for a text that this does not write.
    init?(_ text: String) {
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let bounds = part.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
            guard bounds.count <= 2, let first = bounds.first.flatMap(\.self), let last = bounds.last.flatMap(\.self),
                first >= 0, first <= last, ranges.last.map({ $0.upperBound < first }) ?? true
            else { return nil }
            ranges.append(first...last)
        }
    }

    var text: String {
        ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    }

    func contains(_ index: Int64) -> Bool {
        let place = ranges.partitioningIndex { $0.upperBound >= index }
        return place < ranges.count && ranges[place].contains(index)
    }
}

extension [ClosedRange<Int64>] {
    /// The first place from which on `isBehind` is true.
    fileprivate func partitioningIndex(_ isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
