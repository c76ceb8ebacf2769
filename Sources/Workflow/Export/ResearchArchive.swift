import DICOM
public import Deidentification
public import Mapping
public import Sealing

/// Which orders' studies are wanted by a research archive; an empty list wants all.
public struct ExportRule: Sendable, Equatable {
    /// Ids of the models that reported.
    public var models: [String]
    /// DICOM modalities of the order.
    public var modalities: [String]
    /// Names of assigners, of which one gave the patient an identifier.
    public var assigners: [String]
    /// Configured names of the senders.
    public var sources: [String]

    public init(models: [String] = [], modalities: [String] = [], assigners: [String] = [], sources: [String] = []) {
        self.models = models
        self.modalities = modalities
        self.assigners = assigners
        self.sources = sources
    }

    /// Whether the study of an order that a model reported on is wanted. What the order does not say fulfils nothing.
    public func wants(_ order: ImagingOrder, reportedBy model: String) -> Bool {
        func holds(_ list: [String], _ values: [String]) -> Bool {
            list.isEmpty || values.contains { list.contains($0) }
        }
        return holds(models, [model]) && holds(modalities, [order.modality].compactMap(\.self))
            && holds(assigners, order.patient.compactMap { $0.assigner?.name }) && holds(sources, [order.source])
    }
}

/// One configured research archive.
public struct ResearchArchive: Sendable {
    public let store: any ResearchStore
    public let rule: ExportRule
    public let profile: DeidentificationProfile
    /// Rules and masks for text in pixels; the built-in rules if nil.
    public let burnedIn: BurnedInPolicy?
    /// Patients who object, asked anew each time: whether one of the identifiers is on the list. Throws when the list
    /// cannot be read; nothing is exported then.
    public let optedOut: @Sendable ([AssignedIdentifier]) async throws(AdapterError) -> Bool
    public let limits: StudyLimits
    /// Random pseudonyms of this archive alone; nil for those that are made from the installation's key.
    public let pseudonyms: Crosswalk?

    public init(
        store: any ResearchStore, rule: ExportRule = ExportRule(), profile: DeidentificationProfile,
        burnedIn: BurnedInPolicy? = nil, limits: StudyLimits, pseudonyms: Crosswalk? = nil,
        optedOut: @escaping @Sendable ([AssignedIdentifier]) async throws(AdapterError) -> Bool = { _ in false }
    ) {
        self.store = store
        self.rule = rule
        self.profile = profile
        self.burnedIn = burnedIn
        self.limits = limits
        self.pseudonyms = pseudonyms
        self.optedOut = optedOut
    }

    /// SHA-256 (hexadecimal) of profile, pixel rules and masks: a copy that was decided under others is not made.
    public var rulesDigest: String {
        (burnedIn ?? BurnedInPolicy(gate: profile.textGate)).digest(with: profile)
    }

    /// Whether a list leads back to patient and study.
    var isReversible: Bool { pseudonyms != nil }

    /// The configured name.
    public var name: String { store.name }

    /// What an order that was matched and reported on wants to be sent here; `nil` for nothing.
    func draft(for order: ImagingOrder, study: String, reportedBy model: String) -> ExportDraft? {
        guard rule.wants(order, reportedBy: model) else { return nil }
        return ExportDraft(destination: name, study: study, profileDigest: rulesDigest)
    }
}

extension OrderWorker {
    /// What becomes due to be exported with the delivery of an order whose study was matched.
    func exports(of order: ImagingOrder, _ located: LocatedStudy, reportedBy model: String?) -> [ExportDraft] {
        guard let model else { return [] }
        let study = located.study.studyInstanceUID.value
        return research.compactMap { $0.draft(for: order, study: study, reportedBy: model) }
    }
}
