internal import Glibc

/// Recalibration for another prevalence: the evidence of the image stays, the prior odds change.
///
/// logit p′ = logit p + logit π′ − logit π. It presumes that positives and negatives look as they did in the training
/// and only their mixture changes; a drift of the classes themselves is not mended by it.
public struct PriorShift: Sendable, Equatable {
    /// The prevalence for which the probability is meant.
    public let from: Double
    /// The prevalence for which it is wanted.
    public let to: Double

    /// Nil unless both lie between 0 and 1.
    public init?(from: Double, to: Double) {
        guard from > 0, from < 1, to > 0, to < 1 else { return nil }
        self.from = from
        self.to = to
    }

    /// What is added to the logit.
    public var offset: Double { log(to / (1 - to)) - log(from / (1 - from)) }

    /// The probability at the wanted prevalence.
    public func probability(_ probability: Double) -> Double {
        let positive = probability * to / from
        let negative = (1 - probability) * (1 - to) / (1 - from)
        return positive + negative > 0 ? positive / (positive + negative) : probability
    }
}
