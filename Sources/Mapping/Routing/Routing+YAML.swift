extension Routing {
    /// - Throws: `MappingError` with key path and line; unknown keys are refused, and an alternative without any
    ///   condition, which would claim every order.
    public init(yaml: String) throws(MappingError) { try self.init(root: YAMLNode(parsing: yaml)) }

    /// - Parameter path: The file among `files`, such as `routing/default.yaml`.
    /// - Throws: As above, and `fileMissing`.
    public init(path: String, in files: MappingFiles) throws(MappingError) {
        guard let text = files[path] else { throw MappingError(.fileMissing, file: path) }
        try self.init(root: YAMLNode(parsing: text, file: path))
    }

    init(root: YAMLNode) throws(MappingError) {
        _ = try root.members(allowed: ["version", "rules"])
        try root.requireVersion1()
        rules = try root.required("rules").elements().map { node throws(MappingError) in try RoutingRule(node) }
        guard Set(rules.map(\.name)).count == rules.count else { throw try root.required("rules").error(.invalidValue) }
        installed = nil
    }
}

extension RoutingRule {
    init(_ node: YAMLNode) throws(MappingError) {
        _ = try node.members(allowed: ["name", "model", "any"])
        name = try node.required("name").text()
        model = try node.member("model").map { node throws(MappingError) in try node.text() }
        alternatives = try node.required("any").elements().map { node throws(MappingError) in try Conditions(node) }
        guard !alternatives.isEmpty else { throw node.error(.invalidValue) }
    }
}

extension RoutingRule.Conditions {
    init(_ node: YAMLNode) throws(MappingError) {
        let members = try node.members(allowed: RoutingField.allCases.map(\.rawValue))
        guard !members.isEmpty else { throw node.error(.invalidValue) }
        mark = node.mark
        for (key, value) in members {
            switch RoutingField(rawValue: key) {
            case .modality: modality = try value.texts()
            case .bodyPart: bodyPart = try value.texts()
            case .source: source = try value.texts()
            case .procedureCode: procedureCode = try value.texts()
            case .procedureWords: procedureWords = try value.texts().map { $0.lowercased() }
            case .age: age = try Self.age(value)
            case nil: throw value.error(.unknownKey)
            }
        }
    }

    /// `{min: 1, max: 5}`, completed years, both included; either may be left out.
    private static func age(_ node: YAMLNode) throws(MappingError) -> ClosedRange<Int> {
        guard !(try node.members(allowed: ["min", "max"])).isEmpty else { throw node.error(.invalidValue) }
        let least = try node.member("min").map { node throws(MappingError) in try node.number() } ?? 0
        let most = try node.member("max").map { node throws(MappingError) in try node.number() } ?? 200
        guard least >= 0, least <= most else { throw node.error(.invalidValue) }
        return least...most
    }
}
