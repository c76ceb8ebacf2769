import HL7v2

/// When a place is looked at, or when a case holds: `when:`.
indirect enum Condition: Sendable, Hashable {
    case equals(FieldPath, [String])
    /// Texts in which `*` stands for any characters and `?` for one.
    case matches(FieldPath, [Wildcard])
    case present(FieldPath, Bool)
    case not(Condition)
    case all([Condition])
    case any([Condition])

    /// `{path, equals|matches|present}`, `{not: …}`, `{all: […]}` or `{any: […]}`.
    init(_ node: YAMLNode) throws(MappingError) {
        let members = try node.members(allowed: ["path", "equals", "matches", "present", "not", "all", "any"])
        if members.count == 1, let (key, value) = members.first, key != "path" {
            self = try Self.combination(key, value)
            return
        }
        guard members.count == 2 else { throw node.error(.invalidValue) }
        let path = try node.required("path").fieldPath()
        if let equals = try node.member("equals") {
            self = .equals(path, try equals.texts())
        } else if let matches = try node.member("matches") {
            self = .matches(path, try matches.texts().map { Wildcard($0) })
        } else if let present = try node.member("present") {
            self = .present(path, try present.boolean())
        } else {
            throw node.error(.invalidValue)
        }
    }

    private static func combination(_ key: String, _ value: YAMLNode) throws(MappingError) -> Condition {
        switch key {
        case "not": return .not(try Condition(value))
        case "all", "any":
            let parts = try value.elements().map { node throws(MappingError) in try Condition(node) }
            guard !parts.isEmpty else { throw value.error(.invalidValue) }
            return key == "all" ? .all(parts) : .any(parts)
        default: throw value.error(.invalidValue)
        }
    }

    /// - Parameter text: The text at a place, without padding; nil where there is none.
    func holds(_ text: (FieldPath) -> String?) -> Bool {
        switch self {
        case .equals(let path, let values): values.contains(text(path) ?? "")
        case .matches(let path, let patterns):
            text(path).map { text in patterns.contains { $0.matches(text) } } ?? false
        case .present(let path, let expected): (text(path) != nil) == expected
        case .not(let condition): !condition.holds(text)
        case .all(let conditions): conditions.allSatisfy { $0.holds(text) }
        case .any(let conditions): conditions.contains { $0.holds(text) }
        }
    }

    /// The places that it asks.
    var paths: [FieldPath] {
        switch self {
        case .equals(let path, _), .matches(let path, _), .present(let path, _): [path]
        case .not(let condition): condition.paths
        case .all(let conditions), .any(let conditions): conditions.flatMap(\.paths)
        }
    }
}

/// A text in which `*` stands for any number of characters and `?` for one; the whole text must fit.
struct Wildcard: Sendable, Hashable {
    private let pattern: [Character]

    init(_ pattern: String) { self.pattern = Array(pattern) }

    /// Goes back to the last `*` only, so that the time is at most pattern × text.
    func matches(_ text: String) -> Bool {
        let text = Array(text)
        var index = 0
        var position = 0
        var star: (pattern: Int, text: Int)?
        while position < text.count {
            if index < pattern.count, pattern[index] == "*" {
                star = (index, position)
                index += 1
            } else if index < pattern.count, pattern[index] == "?" || pattern[index] == text[position] {
                index += 1
                position += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                index = last.pattern + 1
                position = last.text + 1
            } else {
                return false
            }
        }
        return pattern[index...].allSatisfy { $0 == "*" }
    }
}
