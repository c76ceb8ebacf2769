internal import JSON
internal import Sealing

extension BurnedInPolicy {
    /// SHA-256 (hexadecimal) over the canonical form (RFC 8785) of what these decide by: the same files, or files that
    /// say the same, give the same digest; comments and order of keys do not count.
    static func digest(_ gate: TextGate, _ rules: BurnedInRules, _ templates: [MaskTemplate]) -> String {
        let all: JSONValue = [
            "gate": .string(gate.rawValue), "otherwise": .string(rules.otherwise.rawValue),
            "rules": .array(rules.rules.map(Self.json)), "words": json(rules.words),
            "masks": .array(templates.map(Self.json)),
        ]
        return Digest.sha256(all.serialized(.canonical)).hex
    }

    /// SHA-256 (hexadecimal) over the digests of a profile and of this policy: all that decides what becomes of an image.
    public func digest(with profile: DeidentificationProfile) -> String {
        Digest.sha256(Array("\(profile.digest)\n\(digest)\n".utf8)).hex
    }

    private static func json(_ rule: BurnedInRules.Rule) -> JSONValue {
        ["name": .string(rule.name), "demand": .string(rule.demand.rawValue), "match": json(rule.match)]
    }

    private static func json(_ pattern: HeaderPattern) -> JSONValue {
        let sorted = pattern.patterns.sorted { $0.key.rawValue < $1.key.rawValue }
        return .object(JSONObject(sorted.map { ($0.key.rawValue, texts($0.value)) }))
    }

    private static func json(_ words: WordRules) -> JSONValue {
        [
            "markers": texts(words.markers.sorted()), "leastCharacters": number(words.leastCharacters),
            "confidence": .array(words.confidence.map(number)),
        ]
    }

    private static func json(_ template: MaskTemplate) -> JSONValue {
        [
            "name": .string(template.name), "match": json(template.match),
            "rows": template.rows.map(number) ?? .null, "columns": template.columns.map(number) ?? .null,
            "covered": .array(template.areas.map(Self.json)),
            "keepUltrasoundRegions": .bool(template.keepsUltrasoundRegions),
        ]
    }

    private static func json(_ area: MaskTemplate.Area) -> JSONValue {
        switch area {
        case .pixels(let rectangle):
            .array([rectangle.left, rectangle.top, rectangle.width, rectangle.height].map(number))
        // As texts: the shortest decimal number that is this one.
        case .fraction(let left, let top, let width, let height):
            texts([left, top, width, height].map { "\($0)" })
        }
    }

    private static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    private static func number(_ number: Int) -> JSONValue { .number(JSONNumber(number)) }
}
