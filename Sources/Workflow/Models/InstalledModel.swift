public import ImageClassifier
public import Mapping
public import Reporting

/// A model of the installation, as the worker asks it.
public struct InstalledModel: Sendable {
    /// What becomes of what the model says.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// It is reported.
        case report
        /// It is recorded, and stands in no report, resource or message.
        case shadow
    }

    /// Asks the model.
    public let classifier: Classifier
    /// Which orders it is made for, as its folder says.
    public let rule: ModelRule
    public let mode: Mode
    /// Puts what it says into its own codes and words.
    let composer: ReportComposer

    public init(classifier: Classifier, rule: ModelRule, mode: Mode, composer: ReportComposer) {
        self.classifier = classifier
        self.rule = rule
        self.mode = mode
        self.composer = composer
    }

    /// Which model it is.
    public var identity: ModelIdentity { classifier.modelIdentity }
}

/// What a model made of one study, for counters: configured names and codes only.
///
/// Told once for each run of an order, after what it says is stored: for the model that answers with the order's new
/// state, for a shadow model with its audit record.
public struct ModelOutcome: Sendable, Hashable {
    /// The model's id.
    public let model: String
    public let mode: InstalledModel.Mode
    /// A decision, `refused`, `failed`, or `unrecorded` for a shadow model of which the audit log has no outcome: it
    /// was not asked, or its answer could not be recorded.
    public let outcome: String

    /// An outcome.
    public init(model: String, mode: InstalledModel.Mode, outcome: String) {
        self.model = model
        self.mode = mode
        self.outcome = outcome
    }
}
