/// The four counts at one threshold.
public struct Confusion: Sendable, Equatable {
    /// Positive and called.
    public let truePositives: Int
    /// Negative and called.
    public let falsePositives: Int
    /// Negative and not called.
    public let trueNegatives: Int
    /// Positive and not called.
    public let falseNegatives: Int

    /// Calls what is at or above the threshold.
    public init(_ sample: ScoredSample, threshold: Double) {
        truePositives = sample.count { $0.label && $0.probability >= threshold }
        falsePositives = sample.count { !$0.label && $0.probability >= threshold }
        trueNegatives = sample.count { !$0.label && $0.probability < threshold }
        falseNegatives = sample.count { $0.label && $0.probability < threshold }
    }

    /// All images.
    public var total: Int { truePositives + falsePositives + trueNegatives + falseNegatives }
    /// Share of the positives that are called.
    public var sensitivity: Double? { Self.share(truePositives, truePositives + falseNegatives) }
    /// Share of the negatives that are not called.
    public var specificity: Double? { Self.share(trueNegatives, trueNegatives + falsePositives) }
    /// Share of the called that are positive, at the prevalence of the sample.
    public var positivePredictiveValue: Double? { Self.share(truePositives, truePositives + falsePositives) }
    /// Share of the not called that are negative, at the prevalence of the sample.
    public var negativePredictiveValue: Double? { Self.share(trueNegatives, trueNegatives + falseNegatives) }
    /// Share of images that are called rightly.
    public var accuracy: Double? { Self.share(truePositives + trueNegatives, total) }

    static func share(_ count: Int, _ total: Int) -> Double? { total > 0 ? Double(count) / Double(total) : nil }
}
