internal import Glibc

/// Platt scaling and the limits of the decision, all chosen on validation data.
struct Calibration: Sendable, Equatable {
    let slope: Double
    let intercept: Double
    /// Probability from which a forced yes/no answer would be yes.
    let threshold: Double
    /// At or below: negative.
    let negativeLimit: Double
    /// At or above: positive.
    let positiveLimit: Double

    init?(slope: Double, intercept: Double, threshold: Double, negativeLimit: Double, positiveLimit: Double) {
        guard slope > 0, slope.isFinite, intercept.isFinite, 0 < negativeLimit, negativeLimit <= threshold,
            threshold <= positiveLimit, positiveLimit < 1
        else { return nil }
        self.slope = slope
        self.intercept = intercept
        self.threshold = threshold
        self.negativeLimit = negativeLimit
        self.positiveLimit = positiveLimit
    }

    /// The calibrated probability of a logit.
    func probability(_ logit: Double) -> Double {
        1 / (1 + exp(-(slope * logit + intercept)))
    }

    /// The decision; between the limits the model does not decide.
    func decision(_ probability: Double) -> Decision {
        if probability <= negativeLimit { return .negative }
        return probability >= positiveLimit ? .positive : .indeterminate
    }
}
