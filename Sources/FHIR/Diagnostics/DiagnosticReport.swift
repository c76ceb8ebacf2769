public import JSON

/// A report on a study (R4 §10.3).
public struct DiagnosticReport: TypedResource {
    public static let resourceType = "DiagnosticReport"
    public var elements: JSONObject
    public init(unchecked elements: JSONObject) { self.elements = elements }

    /// registered, partial, preliminary, final, amended, corrected, appended, cancelled, entered-in-error or unknown.
    public var status: String? { text("status") }
    public var code: CodeableConcept? { one("code", CodeableConcept.init(json:)) }
    public var category: [CodeableConcept] { list("category", CodeableConcept.init(json:)) }
    public var subject: Reference? { one("subject", Reference.init(json:)) }
    public var basedOn: [Reference] { list("basedOn", Reference.init(json:)) }
    public var imagingStudy: [Reference] { list("imagingStudy", Reference.init(json:)) }
    public var result: [Reference] { list("result", Reference.init(json:)) }
    public var performer: [Reference] { list("performer", Reference.init(json:)) }
    public var conclusion: String? { text("conclusion") }
    public var issued: String? { text("issued") }

    /// Whether a person has signed it off: final, or changed after it was final.
    public var isFinal: Bool { ["final", "amended", "corrected", "appended"].contains(status ?? "") }
}
