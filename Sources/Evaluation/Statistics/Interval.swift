/// A figure with the limits between which it lies in 95 of 100 drawings of patients.
public struct Interval: Sendable, Equatable {
    /// The figure of the cases as they are.
    public let value: Double
    /// The lower limit.
    public let lower: Double
    /// The upper limit.
    public let upper: Double

    /// Names the three.
    public init(value: Double, lower: Double, upper: Double) {
        self.value = value
        self.lower = lower
        self.upper = upper
    }

    /// Whether an aim lies between the limits or below them: then the cases do not speak against its being met.
    public func meets(atLeast aim: Double) -> Bool { upper >= aim }

    /// The same for an aim from above.
    public func meets(atMost aim: Double) -> Bool { lower <= aim }

    /// Wilson's score interval of a proportion, for counts of cases that do not depend on each other.
    public static func wilson(_ count: Int, of total: Int) -> Interval? {
        guard total > 0 else { return nil }
        let z = 1.959963984540054
        let n = Double(total)
        let share = Double(count) / n
        let centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        return Interval(value: share, lower: max(centre - half, 0), upper: min(centre + half, 1))
    }
}

/// The quantile of ordered values between two of which it is interpolated (type 7 of Hyndman and Fan, the usual one of
/// NumPy and R).
func quantile(_ share: Double, of ordered: [Double]) -> Double? {
    guard let last = ordered.last else { return nil }
    let place = share * Double(ordered.count - 1)
    let index = Int(place)
    guard index + 1 < ordered.count else { return last }
    return ordered[index] + (place - Double(index)) * (ordered[index + 1] - ordered[index])
}
