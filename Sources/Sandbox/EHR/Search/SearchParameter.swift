internal import JSON

/// A search parameter (R4 §3.1.1.4): where its values stand in a resource, and how they are compared.
struct SearchParameter: Sendable {
    enum Kind: String, Sendable {
        case token, reference, string, date, uri
    }

    let name: String
    let kind: Kind
    /// Each a chain of element names.
    let paths: [[String]]
    /// For `patient`, which is `subject` where that is a Patient.
    let target: String?

    /// Reads `name kind path… [>Target]`.
    init?(_ line: Substring) {
        let words = line.split(separator: " ")
        guard words.count >= 3, let kind = Kind(rawValue: String(words[1])) else { return nil }
        name = String(words[0])
        self.kind = kind
        let marked = words.last.flatMap { $0.first == ">" ? $0.dropFirst() : nil }
        target = marked.map { String($0) }
        paths = words.dropFirst(2).filter { $0.first != ">" }.map { $0.split(separator: ".").map(String.init) }
    }

    /// Every value of a resource that the parameter looks at.
    func values(in resource: JSONObject) -> [JSONValue] {
        paths.flatMap { path in
            path.reduce([JSONValue.object(resource)]) { values, name in
                values.flatMap { value -> [JSONValue] in
                    guard let member = value[name] else { return [] }
                    return member.array ?? [member]
                }
            }
        }
    }

    /// Names without which a search cannot be told from another: `identifier`, `patient`.
    static func named(_ name: String, of type: String) -> SearchParameter? {
        SearchParameterTable.parameters[type]?.first { $0.name == name }
    }
}
