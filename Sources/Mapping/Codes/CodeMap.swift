/// A table from one code to another: a file of `mappings/codes/`.
public struct CodeMap: Sendable, Hashable {
    private let codes: [String: String]

    /// - Throws: `MappingError` with key path and line.
    public init(yaml: String) throws(MappingError) {
        try self.init(root: YAMLNode(parsing: yaml))
    }

    init(root: YAMLNode) throws(MappingError) {
        _ = try root.members(allowed: ["version", "codes"])
        try root.requireVersion1()
        try self.init(root.required("codes"))
    }

    init(_ node: YAMLNode) throws(MappingError) {
        var codes: [String: String] = [:]
        for (key, value) in try node.members() { codes[key] = try value.text() }
        self.codes = codes
    }

    /// All targets.
    var targets: Set<String> { Set(codes.values) }

    /// The target of a code, compared as written; nil where the table has none.
    public subscript(code: String) -> String? { codes[code] }
}
