public import JSON

/// A code from a code system (R4 §2.24.0.5).
public struct Coding: Hashable, Sendable, ElementValue {
    public var system: String?
    public var code: String?
    public var display: String?

    public init(system: String?, code: String?, display: String? = nil) {
        self.system = system
        self.code = code
        self.display = display
    }

    public init?(json: JSONValue) {
        guard let object = json.object else { return nil }
        self.init(
            system: object["system"]?.string, code: object["code"]?.string, display: object["display"]?.string)
    }

    public var json: JSONValue { JSONObject(elements: ["system": system, "code": code, "display": display]).json }
}

/// A concept in one or more code systems, or in words (R4 §2.24.0.6).
public struct CodeableConcept: Hashable, Sendable, ElementValue {
    public var coding: [Coding]
    public var text: String?

    public init(_ coding: Coding..., text: String? = nil) {
        self.init(coding: coding, text: text)
    }

    public init(coding: [Coding], text: String? = nil) {
        self.coding = coding
        self.text = text
    }

    public init?(json: JSONValue) {
        guard let object = json.object else { return nil }
        self.init(
            coding: object["coding"]?.elements.compactMap(Coding.init(json:)) ?? [], text: object["text"]?.string)
    }

    public var json: JSONValue { JSONObject(elements: ["coding": coding, "text": text]).json }

    /// The code in one system.
    public func code(in system: String) -> String? { coding.first { $0.system == system }?.code }
}

/// Names of code systems.
public enum CodeSystem {
    public static let loinc = "http://loinc.org"
    public static let snomed = "http://snomed.info/sct"
    public static let dicom = "http://dicom.nema.org/resources/ontology/DCM"
    public static let ucum = "http://unitsofmeasure.org"
    public static let diagnosticService = "http://terminology.hl7.org/CodeSystem/v2-0074"
    public static let observationCategory = "http://terminology.hl7.org/CodeSystem/observation-category"
    public static let interpretation = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    public static let dataAbsentReason = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    public static let participantType = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
    /// Identifier system of DICOM UIDs; values are `urn:oid:…` (R4 §10.4.8).
    public static let dicomUID = "urn:dicom:uid"
    /// Identifier system of URIs.
    public static let uri = "urn:ietf:rfc:3986"
}
