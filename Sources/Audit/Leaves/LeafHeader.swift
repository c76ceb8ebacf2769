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
    /// In which parts the principal acted.
    public let roles: [Role]
    /// Why.
    public let purpose: PurposeOfUse
    /// How it counts as an access.
    public let accessClass: AccessClass
    /// The random id of the order or message.
    public let correlation: String
    /// The commitments to the subjects, in the order of the record.
    let subjects: [String]
    /// The commitment to the record.
    let body: String

    /// How many subjects the record has.
    public var subjectCount: Int { subjects.count }

    static let limits = JSONLimits(bytes: 1 << 20, depth: 4, values: 10_000)
    private static let names: Set<String> = [
        "v", "log", "time", "event", "phase", "outcome", "principal", "roles", "purpose", "class", "correlation",
        "subjects", "body",
    ]

    /// Reads a leaf and checks every rule of its form (`docs/comply/log-format.md`).
    /// - Throws: `leafMalformed` with the element.
    public init(parsing leaf: [UInt8]) throws(AuditError) {
        guard let json = try? JSONValue(parsing: leaf, limits: Self.limits), let object = json.object else {
            throw AuditError(.leafMalformed)
        }
        guard json.serialized(.canonical) == leaf else { throw AuditError(.leafMalformed, at: "canonical form") }
        guard json["v"]?.plainInt == Leaf.version else { throw AuditError(.leafMalformed, at: "v") }
        let phase = try Self.phase(json)
        guard Set(object.keys) == (phase.intent == nil ? Self.names : Self.names.union(["intent"])) else {
            throw AuditError(.leafMalformed, at: "elements")
        }
        guard let outcome = json["outcome"]?.plainInt.flatMap(Outcome.init(rawValue:)) else {
            throw AuditError(.leafMalformed, at: "outcome")
        }
        self.phase = phase
        self.outcome = outcome
        let element = LeafElements(json: json)
        log = try element.text("log")
        event = try element.text("event")
        principal = try element.text("principal")
        purpose = PurposeOfUse(try element.text("purpose"))
        correlation = try element.text("correlation")
        time = try element.text("time", where: Self.isTime)
        guard let accessClass = AccessClass(rawValue: try element.text("class")) else {
            throw AuditError(.leafMalformed, at: "class")
        }
        self.accessClass = accessClass
        roles = try element.texts("roles") { _ in true }.map(Role.init)
        subjects = try element.texts("subjects", where: Commitment.isWellFormed)
        body = try element.text("body", where: Commitment.isWellFormed)
    }

    private static func phase(_ json: JSONValue) throws(AuditError) -> Phase {
        switch (json["phase"]?.string, json["intent"]) {
        case ("single", nil): return .single
        case ("intent", nil): return .intent
        case ("outcome", let value?):
            guard let index = value.plainInt, index >= 0 else { throw AuditError(.leafMalformed, at: "intent") }
            return .outcome(of: UInt64(index))
        default: throw AuditError(.leafMalformed, at: "phase")
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

/// Reads the elements that are texts.
private struct LeafElements {
    let json: JSONValue

    func text(_ name: String, where isValid: (String) -> Bool = { _ in true }) throws(AuditError) -> String {
        guard let text = json[name]?.string, !text.isEmpty, isValid(text) else {
            throw AuditError(.leafMalformed, at: name)
        }
        return text
    }

    func texts(_ name: String, where isValid: (String) -> Bool) throws(AuditError) -> [String] {
        guard let elements = json[name]?.array else { throw AuditError(.leafMalformed, at: name) }
        let texts = elements.compactMap(\.string)
        guard texts.count == elements.count, texts.allSatisfy(isValid) else {
            throw AuditError(.leafMalformed, at: name)
        }
        return texts
    }
}

extension JSONValue {
    /// An integer in the one text that it has; `-0` is none.
    var plainInt: Int? {
        guard let number, let int = number.int, number.text == String(int) else { return nil }
        return int
    }
}
