/// Whom and what the original was about, for the audit log. It identifies: it is sealed there, and stands in no result.
public struct MessageSubjects: Sendable, Hashable {
    /// A patient's identifier as the original has it.
    public struct Patient: Sendable, Hashable {
        /// The identifier.
        public let identifier: String
        /// Who assigned it, in the words of HL7 v2 (CX.4.1, HD.1).
        public var namespace: String?
        /// The same as a universal ID (HD.2).
        public var universalID: String?
        /// The same as a system of FHIR.
        public var system: String?
    }

    /// All patients: PID-3 and MRG-1 of all messages, the identifiers of all Patients; the logical id of one of whom
    /// nothing else is told.
    public internal(set) var patients: Set<Patient> = []
    /// Study Instance UIDs.
    public internal(set) var studies: Set<String> = []

    /// About nobody.
    public init() {}

    /// About all of them.
    public init(_ all: [MessageSubjects]) {
        for subjects in all { merge(subjects) }
    }

    mutating func merge(_ other: Self) {
        patients.formUnion(other.patients)
        studies.formUnion(other.studies)
    }
}

extension MessageSubjects: CustomStringConvertible, CustomReflectable {
    /// Tells how many, never who.
    public var description: String { "<\(patients.count) patients, \(studies.count) studies>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension MessageSubjects.Patient: CustomStringConvertible, CustomReflectable {
    /// Tells nothing.
    public var description: String { "<redacted patient>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
