public import JSON

/// One finding (R4 §10.1).
public struct Observation: TypedResource {
    public static let resourceType = "Observation"
    public var elements: JSONObject
    public init(unchecked elements: JSONObject) { self.elements = elements }

    public var status: String? { text("status") }
    public var code: CodeableConcept? { one("code", CodeableConcept.init(json:)) }
    public var subject: Reference? { one("subject", Reference.init(json:)) }
    public var basedOn: [Reference] { list("basedOn", Reference.init(json:)) }
    public var derivedFrom: [Reference] { list("derivedFrom", Reference.init(json:)) }
    public var device: Reference? { one("device", Reference.init(json:)) }
    public var valueCodeableConcept: CodeableConcept? { one("valueCodeableConcept", CodeableConcept.init(json:)) }
    public var dataAbsentReason: CodeableConcept? { one("dataAbsentReason", CodeableConcept.init(json:)) }
    public var interpretation: [CodeableConcept] { list("interpretation", CodeableConcept.init(json:)) }
    /// The components as they stand.
    public var components: [JSONValue] { elements["component"]?.elements ?? [] }
}
