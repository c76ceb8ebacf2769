/// What a call is worth where the disease is as frequent as said (Bayes).
public struct PredictiveValues: Sendable, Equatable {
    /// Probability that a called image is positive; nil where nothing is ever called.
    public let positive: Double?
    /// Probability that an image that is not called is negative.
    public let negative: Double?

    /// From sensitivity and specificity, which do not depend on the prevalence, and the prevalence.
    public init(sensitivity: Double, specificity: Double, prevalence: Double) {
        let hits = sensitivity * prevalence
        let alarms = (1 - specificity) * (1 - prevalence)
        let misses = (1 - sensitivity) * prevalence
        let passes = specificity * (1 - prevalence)
        positive = hits + alarms > 0 ? hits / (hits + alarms) : nil
        negative = passes + misses > 0 ? passes / (passes + misses) : nil
    }

    /// The prevalences of the tables.
    public static let usualPrevalences = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7]
}
