internal import Mapping

/// What happens to each field of an HL7 v2 message: a table of segments and fields, and nothing stays that it does not
/// name.
struct HL7v2Rules: Sendable {
    /// What is done to a field.
    enum Action: String, Sendable, CaseIterable {
        /// Kept in every part that is a value of a table of HL7 (HL7 v2.5.1 §2.A.36), in any of its versions 2.3.1 to 2.8.
        case code
        /// Kept in every part that is a number of up to four digits (SI, HL7 v2.5.1 §2.A.68), with points of up to six.
        case number
        /// A coded concept (CWE, CE): codes of published systems stay, texts go.
        case concept
        /// The value of an observation (OBX-5), by what OBX-2 says that it is.
        case observation
        /// As the profile says, where it is a date or time to its last character and tells no day of birth.
        case date
        /// Always removed, and looked for afterwards.
        case birthDate
        /// Kept like `code` where the profile retains patient characteristics.
        case characteristic
        /// An identifier list (CX): each identifier becomes the pseudonym that DICOM objects of this patient get too.
        case patient
        /// An entity identifier (EI): its pseudonym, without the assigner.
        case identifier
        /// A message control id: its pseudonym in twenty characters.
        case token
        case uid
        /// A dummy in place of a name that must be there.
        case name
        case remove
    }

    private let actions: [String: [Int: Action]]
    let codingSystems: CodeSystems

    /// Throws `rulesInvalid`.
    init(yaml: String, standard: StandardCodes) throws(MessageDeidentificationError) {
        do throws(MappingError) {
            let root = try YAMLNode(parsing: yaml, file: "deidentification/hl7v2.yaml")
            _ = try root.members(allowed: ["version", "codingSystems", "segments"])
            try root.requireVersion1()
            codingSystems = try CodeSystems(try root.required("codingSystems"), standard: standard)
            var actions: [String: [Int: Action]] = [:]
            for segment in try root.required("segments").members() {
                var fields: [Int: Action] = [:]
                for field in try segment.value.members() {
                    guard let number = Int(field.key), number > 0, let action = Action(rawValue: try field.value.text())
                    else { throw field.value.error(.invalidValue) }
                    fields[number] = action
                }
                actions[segment.key] = fields
            }
            guard actions["MSH"] != nil else { throw root.error(.missingKey) }
            self.actions = actions
        } catch {
            throw MessageDeidentificationError(.rulesInvalid, at: error.place)
        }
    }

    /// The rules of a segment's fields; nil for a segment that goes whole.
    subscript(segment: String) -> [Int: Action]? { actions[segment] }
}

extension MappingError {
    /// Key path and line.
    var place: String {
        [file, keyPath, line.map { "line \($0)" }].compactMap { $0 }.joined(separator: ", ")
    }
}
