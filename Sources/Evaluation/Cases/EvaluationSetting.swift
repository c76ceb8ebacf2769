/// What an evaluation is to find out.
public struct EvaluationSetting: Sendable, Equatable {
    /// At which probability figures, confusion and subgroups are told.
    public var threshold: Double
    /// Probabilities between these limits are indeterminate.
    public var indeterminate: ClosedRange<Double>
    /// The specificity at which the best sensitivity is told.
    public var specificityAim: Double
    /// The local prevalence; nil where the share of positives among the cases is taken.
    public var prevalence: Double?
    /// What a threshold is to be chosen for.
    public var goal: ThresholdGoal
    /// The prevalence for which the model's probability is meant.
    public var calibratedFor: Double
    /// Drawing of patients.
    public var bootstrap: Bootstrap
    /// Names of the subgroup columns.
    public var subgroups: [String]
    /// Whether the image gate was on; off measures the network alone.
    public var gatesImages: Bool

    /// The defaults are the model's own limits and ten misses as bad as a hundred false alarms.
    public init(
        threshold: Double, indeterminate: ClosedRange<Double>, specificityAim: Double = 0.88, prevalence: Double? = nil,
        goal: ThresholdGoal = .leastHarm(missesToAlarms: 10), calibratedFor: Double = 0.5,
        bootstrap: Bootstrap = Bootstrap(), subgroups: [String] = [], gatesImages: Bool = true
    ) {
        self.threshold = threshold
        self.indeterminate = indeterminate
        self.specificityAim = specificityAim
        self.prevalence = prevalence
        self.goal = goal
        self.calibratedFor = calibratedFor
        self.bootstrap = bootstrap
        self.subgroups = subgroups
        self.gatesImages = gatesImages
    }
}

/// Which model is evaluated, for the head of the report.
public struct EvaluatedModel: Sendable, Equatable {
    /// Its id, version and name.
    public let id: String
    /// See `id`.
    public let version: String
    /// See `id`.
    public let title: String
    /// SHA-256 of its weights.
    public let weightsSHA256: String
    /// The version of its preprocessing.
    public let preprocessing: String
    /// Whom its licence asks to name.
    public let attribution: String

    /// Names the parts.
    public init(
        id: String, version: String, title: String, weightsSHA256: String, preprocessing: String, attribution: String
    ) {
        self.id = id
        self.version = version
        self.title = title
        self.weightsSHA256 = weightsSHA256
        self.preprocessing = preprocessing
        self.attribution = attribution
    }
}
