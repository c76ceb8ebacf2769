import HL7v2

/// Which patient messages are read, and where the identifiers that were merged away stand: `patients:` of a mapping
/// file.
struct PatientEvents: Sendable, Hashable {
    /// Messages that say who a patient is now.
    var updates: [MessageType]
    /// Messages that put one identifier in the place of another.
    var merges: [MessageType]
    /// The identifiers that lose, in the segments that follow the survivor's PID.
    var priors: [FieldPath]

    /// Updates of a patient and of a person; merges by patient, person and identifier list, of all versions.
    static let standard = PatientEvents(
        updates: ["A08", "A31"].map { MessageType(code: "ADT", triggerEvent: $0) },
        merges: ["A18", "A30", "A34", "A36", "A40", "A47"].map { MessageType(code: "ADT", triggerEvent: $0) },
        priors: [try? FieldPath(parsing: "MRG-1")].compactMap(\.self))

    /// What `patients:` says; what it does not say stays as in `base`.
    init(_ node: YAMLNode, over base: PatientEvents) throws(MappingError) {
        self = base
        _ = try node.members(allowed: ["updates", "merges", "prior"])
        if let given = try node.member("updates") { updates = try OrderMapping.messageTypes(given) }
        if let given = try node.member("merges") { merges = try OrderMapping.messageTypes(given) }
        if let given = try node.member("prior") {
            priors = try given.elements().map { node throws(MappingError) in try node.fieldPath() }
        }
    }

    private init(updates: [MessageType], merges: [MessageType], priors: [FieldPath]) {
        self.updates = updates
        self.merges = merges
        self.priors = priors
    }
}
