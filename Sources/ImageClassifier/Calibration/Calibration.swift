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

    /// Nil for a slope that does not rise or limits out of order.
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

    /// The calibrated probability of a logit; the same bits on every machine.
    func probability(_ logit: Double) -> Double {
        1 / (1 + DeterministicMath.exp(-(slope * logit + intercept)))
    }

    /// The decision on a probability and on how far networks and views are apart.
    ///
    /// A probability between the limits is not decided, and neither is one outside them where any network or view
    /// reaches the limit of the opposite answer.
    func decision(_ probability: Double, spread: Spread) -> (decision: Decision, reason: IndeterminateReason?) {
        if probability <= negativeLimit {
            return spread.highest < positiveLimit ? (.negative, nil) : (.indeterminate, .spread)
        }
        if probability >= positiveLimit {
            return spread.lowest > negativeLimit ? (.positive, nil) : (.indeterminate, .spread)
        }
        return (.indeterminate, .band)
    }
}
