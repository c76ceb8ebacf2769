public import JSON

/// A business identifier (R4 §2.24.0.11).
public struct Identifier: Hashable, Redacted, ElementValue {
    /// Code system of the identifier's kind (HL7 table 0203).
    public static let typeSystem = "http://terminology.hl7.org/CodeSystem/v2-0203"

    public var use: String?
    public var type: CodeableConcept?
    public var system: String?
    public var value: String

    public init(system: String?, value: String, type: CodeableConcept? = nil, use: String? = nil) {
        self.system = system
        self.value = value
        self.type = type
        self.use = use
    }

    /// Nil when it has no value: an identifier without one identifies nothing.
    public init?(json: JSONValue) {
        guard let value = json["value"]?.string, !value.isEmpty else { return nil }
        self.init(
            system: json["system"]?.string, value: value, type: json["type"].flatMap(CodeableConcept.init(json:)),
            use: json["use"]?.string)
    }

    public var json: JSONValue {
        JSONObject(elements: ["use": use, "type": type, "system": system, "value": value]).json
    }

    /// The kind as a code of table 0203, such as `MR`, `ACSN`, `FILL`.
    public var typeCode: String? { type?.code(in: Self.typeSystem) }

    /// The value of a token search parameter (R4 §3.1.1.4.10), with `\`, `|`, `,` and `$` escaped: `system|value`.
    ///
    /// Not percent-encoded: that belongs to the place where it is sent.
    public var searchToken: String { Self.escaped(system ?? "") + "|" + Self.escaped(value) }

    // By scalars: a separator with a combining mark behind it still separates.
    private static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar == "\\" || scalar == "|" || scalar == "," || scalar == "$" { result.append("\\") }
            result.append(scalar)
        }
        return String(result)
    }
}
