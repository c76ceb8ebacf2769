internal import Mapping

extension BurnedInRules {
    /// Reads `burned-in.yaml` (`docs/integrate/burned-in-text.md`). Throws `pixelRulesInvalid` with key path and line for
    /// an unknown or missing key and for a value that none may have.
    public init(yaml: String) throws(DeidentificationError) {
        self = try PixelRuleFile.read { () throws in
            let root = try YAMLNode(parsing: yaml)
            _ = try root.members(allowed: ["version", "rules", "otherwise", "words"])
            try root.requireVersion1()
            return BurnedInRules(
                rules: try root.required("rules").elements().map(Self.rule),
                otherwise: try PixelRuleFile.choice(try root.required("otherwise")),
                words: try Self.words(try root.required("words")))
        }
    }

    private static func rule(_ node: YAMLNode) throws -> Rule {
        _ = try node.members(allowed: ["name", "demand", "match"])
        return Rule(
            try node.required("name").text(), try PixelRuleFile.choice(try node.required("demand")),
            try PixelRuleFile.patterns(try node.required("match")))
    }

    private static func words(_ node: YAMLNode) throws -> WordRules {
        _ = try node.members(allowed: ["markers", "leastCharacters", "confidence"])
        let least = try node.required("leastCharacters")
        guard (1...8).contains(try least.number()) else { throw least.error(.invalidValue) }
        let confidence = try node.required("confidence").elements().map { element in
            guard (0...100).contains(try element.number()) else { throw element.error(.invalidValue) }
            return try element.number()
        }
        guard !confidence.isEmpty else { throw try node.required("confidence").error(.invalidValue) }
        return WordRules(
            markers: try node.required("markers").texts(), leastCharacters: try least.number(), confidence: confidence)
    }
}

/// What the two kinds of files have in common.
enum PixelRuleFile {
    /// Turns what is wrong with the file into this module's error.
    static func read<Value>(_ body: () throws -> Value) throws(DeidentificationError) -> Value {
        do {
            return try body()
        } catch let error as MappingError {
            throw DeidentificationError(.pixelRulesInvalid, keyPath: error.keyPath, line: error.line)
        } catch {
            throw DeidentificationError(.pixelRulesInvalid)
        }
    }

    static func choice<Choice: RawRepresentable<String>>(_ node: YAMLNode) throws -> Choice {
        guard let choice = Choice(rawValue: try node.text()) else { throw node.error(.invalidValue) }
        return choice
    }

    /// A condition that nobody wrote would hold for every object.
    static func patterns(_ node: YAMLNode) throws -> [HeaderPattern.Key: [String]] {
        var patterns: [HeaderPattern.Key: [String]] = [:]
        for (key, value) in try node.members() {
            guard let key = HeaderPattern.Key(rawValue: key) else { throw value.error(.unknownKey) }
            patterns[key] = try value.texts()
            if patterns[key]?.isEmpty != false { throw value.error(.invalidValue) }
        }
        guard !patterns.isEmpty else { throw node.error(.invalidValue) }
        return patterns
    }
}
