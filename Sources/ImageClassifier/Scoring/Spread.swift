/// How far the networks of the model and views of the image are apart: the model's own doubt.
///
/// Not an interval of confidence. The views are the image, its mirror image and the framings that stand in the model's
/// file, such as a little more or less of the border.
public struct Spread: Sendable, Equatable {
    /// Lowest calibrated probability that any network gave to any view.
    public let lowest: Double
    /// Highest calibrated probability that any network gave to any view.
    public let highest: Double
    /// Standard deviation of the logits over all networks and views (divided by their number, not one less).
    public let deviation: Double
    /// How many networks answered.
    public let networks: Int
    /// How many views of the image each of them saw.
    public let views: Int

    init(lowest: Double, highest: Double, deviation: Double, networks: Int, views: Int) {
        self.lowest = lowest
        self.highest = highest
        self.deviation = deviation
        self.networks = networks
        self.views = views
    }
}

extension Spread {
    /// The spread of a score.
    init(_ score: Ensemble.Score, calibration: Calibration) {
        let logits = score.logits
        let count = Double(max(logits.count, 1))
        let mean = logits.reduce(0, +) / count
        let variance = logits.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        // The probability rises with the logit, so the extremes of the one are those of the other.
        self.init(
            lowest: calibration.probability(logits.min() ?? 0), highest: calibration.probability(logits.max() ?? 0),
            deviation: variance.squareRoot(), networks: score.networks, views: score.views)
    }
}
