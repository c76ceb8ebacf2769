/// The leaves whose bodies records tell to be gone.
struct ToldExpiries: Sendable {
    private var exact: [ClosedRange<Int64>] = []
    /// Records of earlier versions name the first and the last leaf, and how many.
    private var counted: [Counted] = []

    private struct Counted {
        var range: ClosedRange<Int64>
        var count: Int
    }

    /// Takes the details of an `audit.expired`; one that tells of a segment's key takes no body away.
    mutating func add(_ details: [String: String]) {
        guard details["keysDigest"] == nil else { return }
        if let text = details["indexes"] {
            exact += IndexRanges(text)?.ranges ?? []
            return
        }
        guard let first = details["first"].flatMap(Int64.init), let last = details["last"].flatMap(Int64.init),
            first <= last, let count = details["count"].flatMap(Int.init), count > 0
        else { return }
        counted.append(Counted(range: first...last, count: count))
    }

    /// Those of these leaves without body of which no record tells. Where records that only count cover more than they
    /// have counted, nobody can say which were taken away: all that only they cover are missing.
    func missing(_ indexes: [Int64]) -> [Int64] {
        let told = IndexRanges(union: exact)
        var open = indexes.filter { !told.contains($0) }
        for cluster in clusters where open.count(where: cluster.range.contains) <= cluster.count {
            open.removeAll(where: cluster.range.contains)
        }
        return open
    }

    /// Records that overlap count together: what was held at the first may have been taken by the second.
    private var clusters: [Counted] {
        var clusters: [Counted] = []
        for next in counted.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            if let last = clusters.last, next.range.lowerBound <= last.range.upperBound {
                let end = max(last.range.upperBound, next.range.upperBound)
                clusters[clusters.count - 1] = Counted(
                    range: last.range.lowerBound...end, count: last.count + next.count)
            } else {
                clusters.append(next)
            }
        }
        return clusters
    }
}
