public import HL7v2

/// What a patient message (ADT) says of patients whose orders may be under way. Identified data.
public enum PatientChange: Sendable, Hashable {
    /// A patient's demographics are these now: ADT^A08, A31.
    case update(PatientUpdate)
    /// Identifiers that stand for the same patient as others from now on: ADT^A40, A34, A30, A36, A18, A47. Empty
    /// where the message names no identifier whose assigner the configuration knows: then it concerns no order.
    case merge([PatientMerge])
}

/// A patient's identifiers and demographics as a message gives them (PID). Identified data.
public struct PatientUpdate: Sendable, Hashable {
    /// All identifiers of PID-3 that the mapping takes; those without a known assigner concern no order.
    public var identifiers: [AssignedIdentifier]
    /// For display and report only.
    public var name: PersonName?
    /// With the precision given.
    public var birthDate: DTM?
    /// M, F, O, U or another code of table 0001.
    public var sex: String?
    /// Fields that the message says to delete (`""`), by their names in the mapping file.
    public var cleared: [String]

    /// An update of these values; what is not given is not said.
    public init(
        identifiers: [AssignedIdentifier], name: PersonName? = nil, birthDate: DTM? = nil, sex: String? = nil,
        cleared: [String] = []
    ) {
        self.identifiers = identifiers
        self.name = name
        self.birthDate = birthDate
        self.sex = sex
        self.cleared = cleared
    }
}

/// One identifier that was merged away (MRG-1) and the one that stands for it (PID-3). Identified data.
public struct PatientMerge: Sendable, Hashable {
    /// The losing identifier; its assigner is known.
    public let prior: AssignedIdentifier
    /// The identifier that survives; its assigner is known.
    public let surviving: AssignedIdentifier

    /// One merge.
    public init(prior: AssignedIdentifier, surviving: AssignedIdentifier) {
        self.prior = prior
        self.surviving = surviving
    }
}

extension PatientChange: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension PatientUpdate: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension PatientMerge: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
