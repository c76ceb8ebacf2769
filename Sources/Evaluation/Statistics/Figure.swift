/// The figures of an evaluation, by their names in its JSON.
public enum Figure: String, Sendable, CaseIterable {
    /// Average precision.
    case averagePrecision
    /// Area under the ROC curve.
    case auc
    /// Sensitivity at the threshold.
    case sensitivity
    /// Specificity at the threshold.
    case specificity
    /// Positive predictive value at the threshold and the sample's prevalence.
    case positivePredictiveValue
    /// Negative predictive value at the threshold and the sample's prevalence.
    case negativePredictiveValue
    /// Accuracy at the threshold and the sample's prevalence.
    case accuracy
    /// Mean of sensitivity and specificity.
    case balancedAccuracy
    /// The highest sensitivity at a specificity that was asked for.
    case sensitivityAtSpecificity
    /// Expected calibration error, ten bins of equal width.
    case calibrationError
    /// Mean probability less share of positives.
    case calibrationExcess
    /// Brier score.
    case brier
    /// Share of the images that the model decides.
    case decided
    /// Accuracy of the decided.
    case accuracyOfDecided
    /// Share of the positives that the model calls negative: missed with certainty.
    case positivesCalledNegative
    /// Share of the negatives that the model calls positive.
    case negativesCalledPositive
}

extension ScoredSample {
    /// All figures; nil where they are not defined, as the AUC of one class.
    public func figures(threshold: Double, specificity aim: Double) -> [Figure: Double] {
        let curve = OperatingCurve(self)
        let confusion = Confusion(self, threshold: threshold)
        let calibration = CalibrationBins(self)
        let right = count { $0.decision == $0.label }
        let decided = count { $0.decision != nil }
        var figures: [Figure: Double] = [:]
        figures[.averagePrecision] = curve.averagePrecision
        figures[.auc] = curve.areaUnderROC
        figures[.sensitivity] = confusion.sensitivity
        figures[.specificity] = confusion.specificity
        figures[.positivePredictiveValue] = confusion.positivePredictiveValue
        figures[.negativePredictiveValue] = confusion.negativePredictiveValue
        figures[.accuracy] = confusion.accuracy
        if let sensitivity = confusion.sensitivity, let specificity = confusion.specificity {
            figures[.balancedAccuracy] = (sensitivity + specificity) / 2
        }
        figures[.sensitivityAtSpecificity] = curve.point(atSpecificity: aim).map(curve.sensitivity)
        figures[.calibrationError] = calibration.expectedError
        figures[.calibrationExcess] = calibration.excess
        figures[.brier] = calibration.brier
        figures[.decided] = Confusion.share(decided, confusion.total)
        figures[.accuracyOfDecided] = Confusion.share(right, decided)
        figures[.positivesCalledNegative] = Confusion.share(
            count { $0.label && $0.decision == false }, confusion.truePositives + confusion.falseNegatives)
        figures[.negativesCalledPositive] = Confusion.share(
            count { !$0.label && $0.decision == true }, confusion.trueNegatives + confusion.falsePositives)
        return figures
    }
}
