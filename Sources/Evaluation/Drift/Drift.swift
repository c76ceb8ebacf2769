internal import Glibc

/// How far a measure of local images lies from that of the images it is compared with.
public struct Drift: Sendable, Equatable {
    /// The word for it.
    public enum Verdict: String, Sendable, Equatable, CaseIterable {
        /// Not more than chance gives with so few images, by the index and by the distance.
        case withinChance
        /// More than chance gives by one of the two, and small: index below .1.
        case small
        /// Index from .1 to .25.
        case moderate
        /// Index above .25.
        case large
    }

    /// Local images.
    public let count: Int
    /// Population stability index over the tenths of the reference: Σ (a − e) ln(a / e), each local tenth counted with
    /// half an image more so that an empty one has a logarithm.
    public let stabilityIndex: Double
    /// What the index stays below in 95 of 100 samples of the same population: χ²₉ · (1/n + 1/m).
    public let stabilityByChance: Double
    /// Largest distance of the two cumulative distributions (Kolmogorov–Smirnov).
    public let distance: Double
    /// Probability of such a distance, or a larger one, by chance (asymptotic).
    public let pValue: Double

    /// The word for it.
    public var verdict: Verdict {
        // Tenths do not see a shift within them, and the distance does not see thin tails: both must be silent.
        if stabilityIndex <= stabilityByChance, pValue >= Self.leastProbability { return .withinChance }
        if stabilityIndex < 0.1 { return .small }
        return stabilityIndex <= 0.25 ? .moderate : .large
    }

    private static let bins = 10
    /// A distance that chance gives less often than in 5 of 100 samples is not called chance.
    private static let leastProbability = 0.05
    /// The 95th percentile of χ² with nine degrees of freedom.
    private static let chiSquare = 16.918977604620448

    /// Compares values with a reference; nil without values.
    public init?(_ values: [Double], from reference: Distribution) {
        guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
        let ordered = values.sorted()
        count = ordered.count
        let n = Double(count)
        stabilityIndex = Self.index(ordered, reference)
        stabilityByChance = Self.chiSquare * (1 / n + 1 / Double(reference.count))
        var distance = 0.0
        var start = 0
        while start < count {
            // Images of one value make one step.
            var end = start + 1
            while end < count, ordered[end] == ordered[start] { end += 1 }
            distance = max(
                distance, Double(end) / n - reference.share(atOrBelow: ordered[start]),
                reference.share(below: ordered[start]) - Double(start) / n)
            start = end
        }
        self.distance = distance
        let size = n * Double(reference.count) / (n + Double(reference.count))
        pValue = Self.kolmogorov(distance * size.squareRoot())
    }

    /// Tenths of one limit count as one: a measure may have few values.
    private static func index(_ ordered: [Double], _ reference: Distribution) -> Double {
        var limits: [Double] = []
        for bin in 1..<bins {
            let limit = reference.quantiles[bin * Distribution.steps / bins]
            if limit != limits.last { limits.append(limit) }
        }
        var counts = Array(repeating: 0.5, count: limits.count + 1)
        for value in ordered { counts[limits.count { $0 < value }] += 1 }
        let total = counts.reduce(0, +)
        var (sum, former) = (0.0, 0.0)
        for (index, count) in counts.enumerated() {
            let upTo = index < limits.count ? reference.share(atOrBelow: limits[index]) : 1
            let expected = max(upTo - former, 0.5 / (Double(reference.count) + 5))
            let share = count / total
            sum += (share - expected) * log(share / expected)
            former = upTo
        }
        return sum
    }

    /// Survival function of Kolmogorov's distribution.
    static func kolmogorov(_ x: Double) -> Double {
        guard x > 0 else { return 1 }
        if x < 1 {
            // The other series, which converges fast for small x.
            let factor = (2 * Double.pi).squareRoot() / x
            let sum = (1...20).reduce(0.0) { sum, k in
                let odd = Double(2 * k - 1)
                return sum + exp(-odd * odd * Double.pi * Double.pi / (8 * x * x))
            }
            return min(max(1 - factor * sum, 0), 1)
        }
        var sum = 0.0
        var sign = 1.0
        for k in 1...100 {
            let square = Double(k * k) * x * x
            sum += sign * exp(-2 * square)
            sign = -sign
        }
        return min(max(2 * sum, 0), 1)
    }
}
