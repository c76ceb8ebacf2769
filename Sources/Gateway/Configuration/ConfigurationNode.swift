import Yams

/// One node of the configuration file with its path; every reader names the keys it knows and refuses the others.
struct ConfigurationNode {
    let node: Node
    let path: String

    init(parsing text: String) throws(ConfigurationError) {
        let parsed: Node?
        do {
            parsed = try Yams.compose(yaml: text)
        } catch {
            throw ConfigurationError(.notYAML, at: "", "the file is not valid YAML")
        }
        guard let parsed else { throw ConfigurationError(.notYAML, at: "", "the file is empty") }
        node = parsed
        path = ""
    }

    init(node: Node, path: String) {
        self.node = node
        self.path = path
    }

    private func fail(_ code: ConfigurationError.Code, _ key: String, _ explanation: String) -> ConfigurationError {
        ConfigurationError(code, at: path.isEmpty ? key : "\(path).\(key)", explanation)
    }

    /// Refuses keys that are not in `keys`.
    func allow(_ keys: String...) throws(ConfigurationError) {
        for key in try self.keys() where !keys.contains(key) {
            throw fail(.unknownKey, key, "unknown key; known are \(keys.sorted().joined(separator: ", "))")
        }
    }

    /// The keys in the order of the file.
    func keys() throws(ConfigurationError) -> [String] {
        guard case .mapping(let mapping) = node else {
            throw ConfigurationError(.wrongType, at: path, "expected keys and values")
        }
        var keys: [String] = []
        for key in mapping.keys {
            guard let name = key.string else {
                throw ConfigurationError(.wrongType, at: path, "keys must be plain words")
            }
            keys.append(name)
        }
        return keys
    }

    func child(_ key: String) -> ConfigurationNode? {
        guard let found = node.mapping?[Node(key)], found.null == nil else { return nil }
        return ConfigurationNode(node: found, path: path.isEmpty ? key : "\(path).\(key)")
    }

    func required(_ key: String) throws(ConfigurationError) -> ConfigurationNode {
        guard let found = child(key) else { throw fail(.missingKey, key, "this key is required") }
        return found
    }

    func list(_ key: String) throws(ConfigurationError) -> [ConfigurationNode] {
        guard let found = child(key) else { return [] }
        guard case .sequence(let sequence) = found.node else {
            throw ConfigurationError(.wrongType, at: found.path, "expected a list")
        }
        return sequence.enumerated().map { ConfigurationNode(node: $1, path: "\(found.path)[\($0)]") }
    }

    func string() throws(ConfigurationError) -> String {
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
            throw ConfigurationError(.wrongType, at: path, "expected a text")
        }
        return scalar.string
    }

    func string(_ key: String) throws(ConfigurationError) -> String? {
        try child(key)?.string()
    }

    func strings(_ key: String) throws(ConfigurationError) -> [String] {
        var strings: [String] = []
        for entry in try list(key) { strings.append(try entry.string()) }
        return strings
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
        guard let found = child(key) else { return nil }
        guard let value = found.node.int, range.contains(value) else {
            throw ConfigurationError(
                .invalidValue, at: found.path,
                "expected a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func boolean(_ key: String) throws(ConfigurationError) -> Bool? {
        guard let found = child(key) else { return nil }
        guard let value = found.node.bool else {
            throw ConfigurationError(.wrongType, at: found.path, "expected true or false")
        }
        return value
    }

    /// A duration such as `500ms`, `5s`, `10m`, `72h` or `30d`.
    func duration(_ key: String) throws(ConfigurationError) -> Duration? {
        guard let found = child(key) else { return nil }
        let text = try found.string()
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let amount = Int64(digits), amount <= 1_000_000 else {
            throw ConfigurationError(.invalidValue, at: found.path, "expected a duration such as 5s, 10m, 72h or 30d")
        }
        switch text.dropFirst(digits.count) {
        case "ms": return .milliseconds(amount)
        case "s": return .seconds(amount)
        case "m": return .seconds(amount * 60)
        case "h": return .seconds(amount * 3600)
        case "d": return .seconds(amount * 86400)
        default:
            throw ConfigurationError(.invalidValue, at: found.path, "expected a duration such as 5s, 10m, 72h or 30d")
        }
    }
}
