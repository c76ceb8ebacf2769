import JSON

/// What a leaf tells without any key: everything but what it is about.
public struct LeafHeader: Sendable, Hashable {
    /// The log's origin.
    public let log: String
    /// UTC, microseconds.
    public let time: String
    /// The event's name; an older program may not know it.
    public let event: String
    /// Announcement, result or both in one.
    public let phase: Phase
    /// How it ended.
    public let outcome: Outcome
    /// `kind|name`.
    public let principal: String
    /// The random id of the order or message.
    public let correlation: String

    private static let limits = JSONLimits(bytes: 1 << 20, depth: 4, values: 10_000)
    private static let names: Set<String> = [
        "v", "log", "time", "event", "phase", "outcome", "principal", "roles", "purpose", "class", "correlation",
        "subjects", "body",
    ]

    /// Reads a leaf and checks every rule of its form (design §5).
    /// - Throws: `leafMalformed` with the element.
    public init(parsing leaf: [UInt8]) throws(AuditError) {
        guard let json = try? JSONValue(parsing: leaf, limits: Self.limits), let object = json.object else {
            throw AuditError(.leafMalformed)
        }
        guard json.serialized(.canonical) == leaf else { throw AuditError(.leafMalformed, at: "canonical form") }
        guard json["v"]?.int == Leaf.version else { throw AuditError(.leafMalformed, at: "v") }
        let phase = try Self.phase(json)
        guard Set(object.keys) == (phase.intent == nil ? Self.names : Self.names.union(["intent"])) else {
            throw AuditError(.leafMalformed, at: "elements")
        }
        guard let outcome = json["outcome"]?.int.flatMap(Outcome.init(rawValue:)) else {
            throw AuditError(.leafMalformed, at: "outcome")
        }
        try Self.checkTexts(json)
        self.phase = phase
        self.outcome = outcome
        log = json["log"]?.string ?? ""
        time = json["time"]?.string ?? ""
        event = json["event"]?.string ?? ""
        principal = json["principal"]?.string ?? ""
        correlation = json["correlation"]?.string ?? ""
    }

    private static func phase(_ json: JSONValue) throws(AuditError) -> Phase {
        switch (json["phase"]?.string, json["intent"]) {
        case ("single", nil): return .single
        case ("intent", nil): return .intent
        case ("outcome", let value?):
            guard let index = value.int, index >= 0 else { throw AuditError(.leafMalformed, at: "intent") }
            return .outcome(of: UInt64(index))
        default: throw AuditError(.leafMalformed, at: "phase")
        }
    }

    private static func checkTexts(_ json: JSONValue) throws(AuditError) {
        for name in ["log", "event", "principal", "purpose", "correlation"] where (json[name]?.string ?? "").isEmpty {
            throw AuditError(.leafMalformed, at: name)
        }
        guard isTime(json["time"]?.string ?? "") else { throw AuditError(.leafMalformed, at: "time") }
        guard json["class"]?.string.flatMap(AccessClass.init(rawValue:)) != nil else {
            throw AuditError(.leafMalformed, at: "class")
        }
        guard let roles = json["roles"]?.array, roles.allSatisfy({ $0.string != nil }) else {
            throw AuditError(.leafMalformed, at: "roles")
        }
        guard let subjects = json["subjects"]?.array,
            subjects.allSatisfy({ $0.string.map(Commitment.isWellFormed) ?? false })
        else { throw AuditError(.leafMalformed, at: "subjects") }
        guard Commitment.isWellFormed(json["body"]?.string ?? "") else {
            throw AuditError(.leafMalformed, at: "body")
        }
    }

    /// `2026-11-21T10:00:00.000001Z`.
    private static func isTime(_ text: String) -> Bool {
        let pattern = Array("0000-00-00T00:00:00.000000Z".utf8)
        let bytes = Array(text.utf8)
        return bytes.count == pattern.count
            && zip(bytes, pattern).allSatisfy { $1 == 0x30 ? (0x30...0x39).contains($0) : $0 == $1 }
    }
}
