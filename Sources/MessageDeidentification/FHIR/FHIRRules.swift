internal import Mapping

/// What happens to each element of a FHIR resource: by its path, else by its type, else it goes.
struct FHIRRules: Sendable {
    /// What is done to an element.
    enum Action: String, Sendable, CaseIterable {
        /// Kept where it has the form of its type, which is a number, a truth value, a time, or what the words below
        /// keep. A text (`string`, `markdown`) stays as it is only under this word.
        case keep
        /// Kept where it is a code of FHIR itself, or one of `codes`.
        case code
        /// As the profile says, where it is a date or time to its last character and tells no day of birth.
        case date
        /// Always removed, and looked for afterwards.
        case birthDate
        /// Kept where the profile retains patient characteristics.
        case characteristic
        /// A resource's logical id: its pseudonym, the same in references.
        case id
        /// Kept where it is a published system, one of `uris`, or the profile of a resource or type of the table; UIDs
        /// become pseudonyms.
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
    let codeSystems: CodeSystems
    private let codes: Set<String>
    private let uris: Set<String>

    /// Throws `rulesInvalid`.
    init(yaml: String, elements: FHIRElements, standard: StandardCodes) throws(MessageDeidentificationError) {
        self.elements = elements
        do throws(MappingError) {
            let root = try YAMLNode(parsing: yaml, file: "deidentification/fhir.yaml")
            _ = try root.members(allowed: ["version", "codeSystems", "codes", "uris", "types", "elements"])
            try root.requireVersion1()
            codeSystems = try CodeSystems(try root.required("codeSystems"), standard: standard)
            codes = Set(try root.member("codes")?.texts() ?? [])
            uris = Set(try root.member("uris")?.texts() ?? [])
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

    /// The URI where it is published as a whole; that of a profile without its version.
    func published(_ uri: String) -> String? {
        if codeSystems.isPublished(uri) || uris.contains(uri) { return uri }
        let name = uri.prefix { $0 != "|" }
        guard name.hasPrefix(Self.profiles) else { return nil }
        let type = String(name.dropFirst(Self.profiles.count))
        return elements.isKnown(type: type) ? Self.profiles + type : nil
    }

    private static let profiles = "http://hl7.org/fhir/StructureDefinition/"

    /// The value of a `code`.
    func code(_ text: String) -> String? {
        codeSystems.standard.has(text) || codes.contains(text) || CodeGrammar.language.accepts(text) ? text : nil
    }
}
