internal import Mapping

/// What happens to each element of a FHIR resource: by its path, else by its type, else it goes.
struct FHIRRules: Sendable {
    /// What is done to an element.
    enum Action: String, Sendable, CaseIterable {
        case keep
        /// Kept where it has the form of a code (FHIR R4 §2.24.0.1).
        case code
        case date
        /// Always removed, and looked for afterwards.
        case birthDate
        /// Kept where the profile retains patient characteristics.
        case characteristic
        /// A resource's logical id: its pseudonym, the same in references.
        case id
        /// Kept where it begins as a published system does; UIDs become pseudonyms.
        case uri
        /// A UID without prefix, as ImagingStudy has them.
        case uid
        /// The value becomes a pseudonym; a system that is not published goes.
        case identifier
        /// To a resource by type and id: with the pseudonym of the id.
        case reference
        /// The place of an entry: rewritten as the reference to it is.
        case fullUrl
        /// A transaction or answer becomes a collection, because requests and answers go.
        case bundleType
        /// Its own elements decide.
        case walk
        case remove
    }

    let elements: FHIRElements
    private let byPath: [String: Action]
    private let byType: [String: Action]
    private let codeSystems: [String]

    /// Throws `rulesInvalid`.
    init(yaml: String, elements: FHIRElements) throws(MessageDeidentificationError) {
        self.elements = elements
        do throws(MappingError) {
            let root = try YAMLNode(parsing: yaml, file: "deidentification/fhir.yaml")
            _ = try root.members(allowed: ["version", "codeSystems", "types", "elements"])
            try root.requireVersion1()
            codeSystems = try root.required("codeSystems").texts()
            byType = try Self.actions(try root.required("types"))
            byPath = try Self.actions(try root.required("elements"))
        } catch {
            throw MessageDeidentificationError(.rulesInvalid, at: error.place)
        }
    }

    private static func actions(_ node: YAMLNode) throws(MappingError) -> [String: Action] {
        var actions: [String: Action] = [:]
        for member in try node.members() {
            guard let action = Action(rawValue: try member.value.text()) else {
                throw member.value.error(.invalidValue)
            }
            actions[member.key] = action
        }
        return actions
    }

    /// The action for an element of this path and type.
    func action(path: String, type: String) -> Action { byPath[path] ?? byType[type] ?? .remove }

    /// Whether a system, profile or other URI is published.
    func isPublished(_ uri: String) -> Bool { codeSystems.contains { uri.hasPrefix($0) } }
}
