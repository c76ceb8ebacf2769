import HL7v2

/// The assigners that a message itself names, taken as known: for trying a message before anything is configured.
struct MessageAssigners {
    /// Meant where an identifier names none.
    static let none = "none"

    /// Where messages name who assigned an identifier: namespace, universal ID.
    private static let places = [
        ("PID-3", true), ("MRG-1", true), ("ORC-2", false), ("ORC-3", false), ("ORC-4", false), ("OBR-2", false),
        ("OBR-3", false), ("IPC-1", false), ("OBR-18", false), ("OBR-19", false), ("OBR-20", false),
    ].compactMap { place in (try? FieldPath(parsing: place.0)).map { (path: $0, isCX: place.1) } }

    /// - Parameter configured: Names that the mapping file uses; each is an assigner with a namespace of its own name.
    static func sections(of message: Message?, configured: Set<String>) -> [AssignerSection] {
        var names = [none: none]
        for name in configured { names[name] = name }
        guard let message else { return sections(names) }
        for (path, isCX) in places {
            for occurrence in 1...max(message.count(of: path.segment), 1) {
                let field = path.with(segmentOccurrence: occurrence)
                for repetition in 1...max(message.repetitionCount(at: field), 1) {
                    note(field.with(repetition: repetition), isCX: isCX, of: message, &names)
                }
            }
        }
        return sections(names)
    }

    private static func note(_ field: FieldPath, isCX: Bool, of message: Message, _ names: inout [String: String]) {
        let parts =
            isCX
            ? [field.with(component: 4, subcomponent: 1), field.with(component: 4, subcomponent: 2)]
            : [field.with(component: 2), field.with(component: 3)]
        let said = parts.compactMap { message.value(at: $0) }.filter { !$0.isEmpty }
        // A namespace with its universal ID is one assigner, known by either.
        guard let name = said.first else { return }
        for part in said where names[part] == nil { names[part] = names[name] ?? name }
    }

    private static func sections(_ names: [String: String]) -> [AssignerSection] {
        Dictionary(grouping: names.keys) { names[$0] ?? $0 }.sorted { $0.key < $1.key }.map { name, hl7 in
            AssignerSection(name: plain(name), hl7: hl7.filter { $0 != none }.sorted(), fhir: nil, dicom: [])
        }
    }

    /// Assigners' names have letters, digits, `.`, `_` and `-` only.
    private static func plain(_ text: String) -> String {
        let kept = text.unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains(scalar))
                ? scalar : "_"
        }
        return String(String.UnicodeScalarView(kept.prefix(64)))
    }
}
