public import JSON

/// A measured amount; the value keeps its digits (R4 §2.24.0.9).
public struct Quantity: Hashable, Sendable, ElementValue {
    public var value: JSONNumber
    /// `<`, `<=`, `>=` or `>` where the true value lies beyond the one given.
    public var comparator: String?
    public var unit: String?
    public var system: String?
    public var code: String?

    /// An amount in a UCUM unit.
    public init(_ value: JSONNumber, comparator: String? = nil, unit: String?, ucum code: String) {
        self.value = value
        self.comparator = comparator
        self.unit = unit
        system = CodeSystem.ucum
        self.code = code
    }

    public var json: JSONValue {
        JSONObject(elements: [
            "value": value, "comparator": comparator, "unit": unit, "system": system, "code": code,
        ]).json
    }
}

/// Text about a resource (R4 §2.24.0.3 Annotation).
public struct Annotation: Hashable, Redacted, ElementValue {
    public var text: String
    public init(text: String) { self.text = text }
    public var json: JSONValue { JSONObject(elements: ["text": text]).json }
}
