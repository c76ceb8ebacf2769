import FHIR
public import JSON

/// The form of a record inside a sealed body: objects, strings and integers; written with `canonical` style.
extension AuditRecord {
    /// Identified data: only for sealing.
    public var json: JSONValue {
        var object: JSONObject = [
            "v": 1, "event": .string(event.rawValue), "time": .string(time.text),
            "microseconds": .number(JSONNumber(Int(time.microsecondsSinceEpoch))), "phase": .string(phase.name),
            "outcome": .number(JSONNumber(outcome.rawValue)),
            "principal": ["kind": .string(principal.kind.rawValue), "name": .string(principal.name)],
            "roles": .array(roles.map { .string($0.value) }), "purpose": .string(purpose.code),
            "class": .string(accessClass.rawValue), "correlation": .string(correlation.value),
            "subjects": .array(subjects.map(\.json)),
        ]
        object["intent"] = phase.intent.map { .number(JSONNumber(Int(clamping: $0))) }
        object["code"] = code.map { .string($0) }
        object["peer"] = peer.map(\.json)
        if !details.isEmpty { object["details"] = .object(JSONObject(details.map { ($0.key, .string($0.value)) })) }
        return .object(object)
    }

    /// Reads what `json` wrote.
    /// - Throws: `bodyMalformed` with the element.
    public init(json: JSONValue) throws(AuditError) {
        guard json["v"]?.int == 1 else { throw AuditError(.bodyMalformed, at: "v") }
        let element = ElementReader(json: json)
        event = try element.named("event", AuditEventType.init(rawValue:))
        guard let time = json["microseconds"]?.int else { throw AuditError(.bodyMalformed, at: "microseconds") }
        self.time = FHIRInstant(microsecondsSinceEpoch: Int64(time))
        phase = try Phase(name: element.text("phase"), intent: json["intent"]?.int)
        guard let outcome = json["outcome"]?.int.flatMap(Outcome.init(rawValue:)) else {
            throw AuditError(.bodyMalformed, at: "outcome")
        }
        self.outcome = outcome
        code = json["code"]?.string
        principal = try Principal(json: json["principal"] ?? .null)
        roles = (json["roles"]?.array ?? []).compactMap { $0.string.map(Role.init) }
        purpose = PurposeOfUse(try element.text("purpose"))
        accessClass = try element.named("class", AccessClass.init(rawValue:))
        correlation = CorrelationID(value: try element.text("correlation"))
        peer = json["peer"].flatMap(Peer.init(json:))
        subjects = []
        for subject in json["subjects"]?.array ?? [] { subjects.append(try Subject(json: subject)) }
        details = [:]
        for (name, value) in json["details"]?.object ?? JSONObject() { details[name] = value.string }
    }
}

/// Reads required elements.
private struct ElementReader {
    let json: JSONValue

    func text(_ name: String) throws(AuditError) -> String {
        guard let text = json[name]?.string else { throw AuditError(.bodyMalformed, at: name) }
        return text
    }

    func named<Value>(_ name: String, _ make: (String) -> Value?) throws(AuditError) -> Value {
        guard let value = make(try text(name)) else { throw AuditError(.bodyMalformed, at: name) }
        return value
    }
}

extension Phase {
    fileprivate init(name: String, intent: Int?) throws(AuditError) {
        switch (name, intent) {
        case ("single", nil): self = .single
        case ("intent", nil): self = .intent
        case ("outcome", let index?) where index >= 0: self = .outcome(of: UInt64(index))
        default: throw AuditError(.bodyMalformed, at: "phase")
        }
    }
}

extension Principal {
    fileprivate init(json: JSONValue) throws(AuditError) {
        let element = ElementReader(json: json)
        self.init(kind: try element.named("kind", Kind.init(rawValue:)), name: try element.text("name"))
    }
}

extension Peer {
    fileprivate var json: JSONValue {
        var object: JSONObject = ["name": .string(name)]
        object["address"] = address.map { .string($0) }
        return .object(object)
    }

    fileprivate init?(json: JSONValue) {
        guard let name = json["name"]?.string else { return nil }
        self.init(name: name, address: json["address"]?.string)
    }
}

extension Subject {
    fileprivate var json: JSONValue {
        ["type": .string(type.rawValue), "assigner": .string(assigner), "identifier": .string(identifier)]
    }

    fileprivate init(json: JSONValue) throws(AuditError) {
        let element = ElementReader(json: json)
        self.init(
            type: try element.named("type", Kind.init(rawValue:)), assigner: try element.text("assigner"),
            identifier: try element.text("identifier"))
    }
}
