import HL7v2

/// One place that a field's value may come from; of several the first that says something counts.
struct ValueSource: Sendable, Hashable {
    let path: FieldPath
    let condition: Condition?
    let codes: CodeMap?
    /// Whether a code that the map does not have counts as nothing said, instead of being kept as it is.
    let dropsUnmapped: Bool

    /// When a source is looked at.
    enum Condition: Sendable, Hashable {
        case equals(FieldPath, [String])
        case present(FieldPath, Bool)
    }

    /// A path, or a mapping with `path`, `when`, `codes`, `unmapped`.
    init(_ node: YAMLNode, for field: OrderField, codes maps: [String: CodeMap]) throws(MappingError) {
        guard node.isMapping else {
            path = try Self.path(node)
            condition = nil
            codes = nil
            dropsUnmapped = false
            return
        }
        _ = try node.members(allowed: ["path", "when", "codes", "unmapped"])
        path = try Self.path(node.required("path"))
        condition = try node.member("when").map { when throws(MappingError) in try Self.condition(when) }
        codes = try node.member("codes").map { codes throws(MappingError) in try Self.codes(codes, maps) }
        if codes != nil, field.isComposite { throw node.error(.invalidValue) }
        dropsUnmapped =
            try node.member("unmapped").map { unmapped throws(MappingError) in try Self.drops(unmapped) } ?? false
    }

    private static func path(_ node: YAMLNode) throws(MappingError) -> FieldPath {
        guard let path = try? FieldPath(parsing: node.text()) else { throw node.error(.invalidValue) }
        return path
    }

    private static func codes(_ node: YAMLNode, _ maps: [String: CodeMap]) throws(MappingError) -> CodeMap {
        guard !node.isMapping else { return try CodeMap(node) }
        guard let map = maps[try node.text()] else { throw node.error(.unknownCodeMap) }
        return map
    }

    private static func drops(_ node: YAMLNode) throws(MappingError) -> Bool {
        switch try node.text() {
        case "drop": true
        case "keep": false
        default: throw node.error(.invalidValue)
        }
    }

    private static func condition(_ node: YAMLNode) throws(MappingError) -> Condition {
        _ = try node.members(allowed: ["path", "equals", "present"])
        let path = try path(node.required("path"))
        switch (try node.member("equals"), try node.member("present")) {
        case (let equals?, nil): return .equals(path, try equals.texts())
        case (nil, let present?): return .present(path, try present.boolean())
        default: throw node.error(.invalidValue)
        }
    }
}
