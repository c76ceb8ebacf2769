/// One element of a resource or data type (R4 §5.3.5.1): name, cardinality, types, allowed targets and codes.
struct ElementDefinition: Sendable {
    /// Without `[x]`.
    let name: String
    let isRequired: Bool
    let repeats: Bool
    /// Names of data types; `-` for an element with children of its own, `#path` for one with another's children.
    let types: [String]
    /// Resource types that a Reference may point at; empty where any may stand.
    let targets: [String]
    /// Codes of a required binding; empty where there is none that can be listed.
    let codes: [String]

    /// Reads `path cardinality types [>targets] [=codes]`.
    init?(_ line: Substring) {
        let words = line.split(separator: " ")
        guard words.count >= 3, let last = words[0].split(separator: ".").last else { return nil }
        name = last.hasSuffix("[x]") ? String(last.dropLast(3)) : String(last)
        isChoice = last.hasSuffix("[x]")
        isRequired = words[1] == "1" || words[1] == "+"
        repeats = words[1] == "*" || words[1] == "+"
        types = words[2].split(separator: ",").map(String.init)
        func list(_ mark: Character) -> [String] {
            let word = words.dropFirst(3).first { $0.first == mark }
            return word?.dropFirst().split(separator: ",").map(String.init) ?? []
        }
        targets = list(">")
        codes = list("=")
    }

    /// Whether the type stands in the name, as in `valueQuantity`.
    let isChoice: Bool

    /// The JSON names under which the element can stand, each with its type.
    var names: [(key: String, type: String)] {
        guard isChoice else { return [(name, types.first ?? "-")] }
        return types.map { (name + $0.prefix(1).uppercased() + $0.dropFirst(), $0) }
    }
}

/// A resource type or data type: its elements by the path of the element that holds them.
struct TypeDefinition: Sendable {
    let name: String
    /// `""` holds the type's own elements.
    private(set) var elements: [String: [ElementDefinition]] = [:]
    /// The same by path and JSON name.
    private(set) var members: [String: [String: (element: ElementDefinition, type: String)]] = [:]

    /// Reads a table of `ElementTable`: the name, then one element a line.
    init(_ table: String) {
        let lines = table.split(separator: "\n")
        name = lines.first.map(String.init) ?? ""
        for line in lines.dropFirst() {
            guard let element = ElementDefinition(line), let path = line.split(separator: " ").first else { continue }
            let parent = path.split(separator: ".").dropLast().joined(separator: ".")
            elements[parent, default: []].append(element)
            for (key, type) in element.names { members[parent, default: [:]][key] = (element, type) }
        }
    }
}
