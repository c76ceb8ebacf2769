/// Percentiles by nearest rank: the value at index ⌊fraction · (count − 1) + ½⌋ of the ascending values.
enum Percentile {
    static let low = 0.005
    static let high = 0.995

    static func rank(_ fraction: Double, of count: Int) -> Int {
        Int((fraction * Double(count - 1) + 0.5).rounded(.down))
    }

    /// The low and the high percentile of values that occur so often; `nil` without any.
    static func range(_ histogram: [(value: Double, count: Int)]) -> (low: Double, high: Double)? {
        let total = histogram.reduce(0) { $0 + $1.count }
        guard total > 0 else { return nil }
        let ascending = isAscending(histogram) ? histogram : histogram.sorted { $0.value < $1.value }
        func value(_ rank: Int) -> Double {
            var seen = 0
            for bin in ascending {
                seen += bin.count
                if seen > rank { return bin.value }
            }
            return ascending[ascending.count - 1].value
        }
        return (value(rank(low, of: total)), value(rank(high, of: total)))
    }

    /// Most come from a rising straight line, and sorting 65,536 of them takes longer than all the rest.
    private static func isAscending(_ histogram: [(value: Double, count: Int)]) -> Bool {
        zip(histogram, histogram.dropFirst()).allSatisfy { $0.value <= $1.value }
    }

    /// The low and the high percentile of some values; both zero without any.
    static func range(of values: [Double]) -> (low: Double, high: Double) {
        guard !values.isEmpty else { return (0, 0) }
        let ascending = values.sorted()
        return (ascending[rank(low, of: values.count)], ascending[rank(high, of: values.count)])
    }
}
