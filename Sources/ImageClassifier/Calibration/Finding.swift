/// What the model says of one image.
public enum Decision: String, Sendable, Equatable {
    /// The model sees no pneumonia; not "normal".
    case negative
    /// The model does not decide.
    case indeterminate
    /// The model sees pneumonia.
    case positive
}

/// Something the reader should know about a scored image.
public enum Caveat: String, Sendable, Equatable, CaseIterable {
    /// The header gives no age, and the policy scores such images.
    case ageMissing
    /// The header does not say whether text is burned into the image.
    case burnedInAnnotationUnknown
    /// PhotometricInterpretation and PresentationLUTShape contradict each other; the former was followed.
    case polarityContradiction
    /// The header gives no view position.
    case viewMissing
}

/// A scored image.
public struct Finding: Sendable, Equatable {
    /// Calibrated probability of pneumonia, for the model's reference prevalence of one half.
    public let probability: Double
    /// The network's raw score.
    public let logit: Double
    /// The model's word.
    public let decision: Decision
    /// Probability from which a forced yes/no answer would be yes.
    public let threshold: Double
    /// Probabilities between these limits are indeterminate.
    public let indeterminate: ClosedRange<Double>
    /// Where the score comes from.
    public let map: ActivationMap
    /// Contribution shown in full colour; fixed per model.
    public let mapRange: Double
    /// Index of the scored instance in the study.
    public let instance: Int
    /// ViewPosition of the scored instance, if it has one.
    public let viewPosition: String?
    /// What the reader should know besides.
    public let caveats: [Caveat]
    /// The model that said so.
    public let model: ModelIdentity
    /// The scored image after modality and VOI transformation and polarity, at most 1024 pixels a side.
    public let image: GrayImage
}

/// A result, or why there is none.
public enum Classification: Sendable, Equatable {
    /// The image was scored.
    case finding(Finding)
    /// No image of the study was scored.
    case refusal(Refusal)
}
