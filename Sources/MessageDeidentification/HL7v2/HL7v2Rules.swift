internal import Mapping

/// What happens to each field of an HL7 v2 message: a table of segments and fields, and nothing stays that it does not
/// name.
struct HL7v2Rules: Sendable {
    /// What is done to a field.
    enum Action: String, Sendable, CaseIterable {
        /// Kept in every part that has the form of a code (table values, HL7 v2.5.1 §2.A.36).
        case code
        /// Kept in every part that is a number.
        case number
        /// A coded concept (CWE, CE): codes of published systems stay, texts go.
        case concept
        /// The value of an observation (OBX-5), by what OBX-2 says that it is.
        case observation
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
    private let codingSystems: Set<String>

    /// Throws `rulesInvalid`.
    init(yaml: String) throws(MessageDeidentificationError) {
        do throws(MappingError) {
            let root = try YAMLNode(parsing: yaml, file: "deidentification/hl7v2.yaml")
            _ = try root.members(allowed: ["version", "codingSystems", "segments"])
            try root.requireVersion1()
            codingSystems = Set(try root.required("codingSystems").texts())
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

    /// Whether codes of this system are published.
    func isPublished(_ codingSystem: String) -> Bool {
        codingSystems.contains(codingSystem)
            || (codingSystem.hasPrefix("HL7") && codingSystem.dropFirst(3).utf8.allSatisfy(isDigit))
    }

    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

extension MappingError {
    /// Key path and line.
    var place: String {
        [file, keyPath, line.map { "line \($0)" }].compactMap { $0 }.joined(separator: ", ")
    }
}
