/// The elements of FHIR R4 by path, from the standard's own table (`Rules/elements.tsv`, made by `Rules/derive.py`).
struct FHIRElements: Sendable {
    struct Element: Sendable {
        let isRequired: Bool
        /// Data types; several for a choice. One that begins with `#` refers to another element's content.
        let types: [String]
    }

    private var elements: [String: Element] = [:]
    private var resources: Set<String> = []

    /// Throws `rulesInvalid` where a line is not understood.
    init(table: String) throws(MessageDeidentificationError) {
        for line in table.split(separator: "\n") {
            let columns = line.split(separator: "\t").map(String.init)
            guard columns.count == 4, let least = Int(columns[1]) else {
                throw MessageDeidentificationError(.rulesInvalid, at: "elements.tsv")
            }
            let types = columns[3] == "-" ? [] : columns[3].split(separator: "|").map(String.init)
            elements[columns[0]] = Element(isRequired: least > 0, types: types)
            if columns[0].hasSuffix(".meta") { resources.insert(String(columns[0].dropLast(".meta".count))) }
        }
        guard elements["Patient"] != nil else { throw MessageDeidentificationError(.rulesInvalid, at: "elements.tsv") }
    }

    /// Whether the table has a resource or data type of this name.
    func isKnown(type: String) -> Bool { elements[type] != nil }

    /// Whether the path is that of a resource, which alone has a resourceType and a logical id.
    func isResource(_ path: String) -> Bool { resources.contains(path) }

    /// What member `name` of `path` is: its path in the table, its type, and whether it must be there; nil for what the
    /// standard does not know.
    func member(_ name: String, of path: String) -> (path: String, type: String, isRequired: Bool)? {
        if let element = elements["\(path).\(name)"], let type = element.types.first {
            // A reference to another element's content, as Bundle.entry.link is Bundle.link.
            if type.hasPrefix("#") { return (String(type.dropFirst()), "BackboneElement", element.isRequired) }
            return ("\(path).\(name)", type, element.isRequired)
        }
        // value[x] is written valueQuantity, valueString …
        for end in name.indices.dropFirst() where name[end].isUppercase {
            let choice = "\(path).\(name[..<end])[x]"
            guard let element = elements[choice] else { continue }
            let suffix = String(name[end...])
            let type = element.types.first { $0 == suffix || $0.prefix(1).uppercased() + $0.dropFirst() == suffix }
            return type.map { (choice, $0, element.isRequired) }
        }
        return nil
    }
}
