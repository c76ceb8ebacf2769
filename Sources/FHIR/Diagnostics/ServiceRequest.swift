public import JSON

/// An order in the EHR (R4 §12.17).
public struct ServiceRequest: TypedResource {
    public static let resourceType = "ServiceRequest"
    public var elements: JSONObject
    public init(unchecked elements: JSONObject) { self.elements = elements }

    /// draft, active, on-hold, revoked, completed, entered-in-error or unknown.
    public var status: String? { text("status") }
    public var intent: String? { text("intent") }
    public var priority: String? { text("priority") }
    public var category: [CodeableConcept] { list("category", CodeableConcept.init(json:)) }
    public var code: CodeableConcept? { one("code", CodeableConcept.init(json:)) }
    public var orderDetail: [CodeableConcept] { list("orderDetail", CodeableConcept.init(json:)) }
    public var bodySite: [CodeableConcept] { list("bodySite", CodeableConcept.init(json:)) }
    public var reasonCode: [CodeableConcept] { list("reasonCode", CodeableConcept.init(json:)) }
    public var subject: Reference? { one("subject", Reference.init(json:)) }
    public var encounter: Reference? { one("encounter", Reference.init(json:)) }
    public var basedOn: [Reference] { list("basedOn", Reference.init(json:)) }
    public var replaces: [Reference] { list("replaces", Reference.init(json:)) }
    /// The group of orders that were placed together.
    public var requisition: Identifier? { one("requisition", Identifier.init(json:)) }
    public var authoredOn: String? { text("authoredOn") }
    /// The planned time: `occurrenceDateTime`, or the start of `occurrencePeriod`.
    public var occurrence: String? { text("occurrenceDateTime") ?? elements["occurrencePeriod"]?["start"]?.string }
}
