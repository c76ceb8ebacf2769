/// What the model says of one image.
public enum Decision: String, Sendable, Equatable {
    /// The model sees no pneumonia; not "normal".
    case negative
    /// The model does not decide.
    case indeterminate
    /// The model sees pneumonia.
    case positive
}

/// Why the model does not decide. The raw values are stable: they stand in reports.
public enum IndeterminateReason: String, Sendable, Equatable, CaseIterable {
    /// The probability lies between the two limits.
    case band
    /// The probability lies outside the limits, but a network or a view of the image reaches the opposite answer.
    case spread
}

/// Something the reader should know about a scored image.
public enum Caveat: String, Sendable, Equatable, CaseIterable {
    /// The header gives no age, and the policy scores such images.
    case ageMissing
    /// The header does not say whether text is burned into the image.
    case burnedInAnnotationUnknown
    /// PhotometricInterpretation and PresentationLUTShape contradict each other; small stored values were taken as
    /// bright.
    case polarityContradiction
    /// The header gives no view position.
    case viewMissing
}

/// A scored image.
public struct Finding: Sendable, Equatable {
    /// Calibrated probability of pneumonia, for the model's reference prevalence of one half.
    public let probability: Double
    /// The raw score: mean over networks and over the image and its mirror image.
    public let logit: Double
    /// How far networks and views of the image are apart.
    public let spread: Spread
    /// The model's word.
    public let decision: Decision
    /// Why it does not decide; nil where it does.
    public let indeterminateReason: IndeterminateReason?
    /// Probability from which a forced yes/no answer would be yes.
    public let threshold: Double
    /// Probabilities between these limits are indeterminate.
    public let indeterminate: ClosedRange<Double>
    /// Where the score comes from.
    public let map: ActivationMap
    /// Contribution shown in full colour; fixed per model.
    public let mapRange: Double
    /// Where the map lies on `image`.
    let placement: Placement
    /// Index of the scored instance in the study.
    public let instance: Int
    /// ViewPosition of the scored instance, if it has one.
    public let viewPosition: String?
    /// What the reader should know besides.
    public let caveats: [Caveat]
    /// The model that said so.
    public let model: ModelIdentity
    /// The scored image as it is stored, after modality and VOI transformation and polarity, at most 1024 pixels a
    /// side.
    public let image: GrayImage
}

extension Finding {
    /// The finding that a score amounts to.
    init(
        _ score: Ensemble.Score, calibration: Calibration, mapRange: Double, prepared: Preprocessing.Prepared,
        instance: Int, viewPosition: String?, caveats: [Caveat], model: ModelIdentity
    ) {
        let probability = calibration.probability(score.logit)
        let spread = Spread(score, calibration: calibration)
        let (decision, reason) = calibration.decision(probability, spread: spread)
        self.init(
            probability: probability, logit: score.logit, spread: spread, decision: decision,
            indeterminateReason: reason, threshold: calibration.threshold,
            indeterminate: calibration.negativeLimit...calibration.positiveLimit, map: score.map, mapRange: mapRange,
            placement: prepared.placement, instance: instance, viewPosition: viewPosition, caveats: caveats,
            model: model, image: prepared.picture)
    }
}

/// A result, or why there is none.
public enum Classification: Sendable, Equatable {
    /// The image was scored.
    case finding(Finding)
    /// No image of the study was scored.
    case refusal(Refusal)
}
