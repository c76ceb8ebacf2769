import Foundation
import JSON
import MessageDeidentification
import Sealing
import Testing

@Suite("FHIR resources")
struct ResourceTests {
    static let patient = """
        {"resourceType": "Patient", "id": "qxpat1", "meta": {"versionId": "7", "lastUpdated": "2024-05-17T10:15:00Z",
          "source": "http://qx.example/x", "profile": ["http://hl7.org/fhir/StructureDefinition/Patient"]},
         "text": {"status": "generated", "div": "<div>Qxname</div>"},
         "extension": [{"url": "http://qx.example/race", "valueString": "Qxrace"}],
         "identifier": [{"use": "official", "system": "urn:oid:1.2.36.146.595.217.0.1", "value": "MRNQX4711"}],
         "active": true, "name": [{"family": "Qxname", "given": ["Qxgiven"]}], "gender": "female",
         "birthDate": "1980-01-23", "telecom": [{"system": "phone", "value": "555-0177-99"}],
         "address": [{"line": ["Qxstreet 9"], "city": "Qxtown"}], "unknownElement": "Qxunknown",
         "generalPractitioner": [{"reference": "Practitioner/qxdoc", "display": "Dr Qxdoctor"}]}
        """

    static func deidentified(_ text: String, _ deidentifier: MessageDeidentifier? = nil) throws -> JSONValue {
        let result = try (deidentifier ?? Make.classifier()).deidentify(fhirJSON: Array(text.utf8))
        #expect(!String(decoding: result.bytes, as: UTF8.self).lowercased().contains("qx"))
        return try JSONValue(parsing: result.bytes)
    }

    @Test("of a patient stay sex and pseudonyms")
    func patientStays() throws {
        let result = try Self.deidentified(Self.patient)
        #expect(result["gender"] == "female")
        #expect(result["active"] == true)
        let pseudonyms = try Make.pseudonyms()
        #expect(result["id"]?.string == pseudonyms.patientID(issuer: "fhir|Patient", patientID: "qxpat1"))
        let value = result["identifier"]?[0]?["value"]?.string
        #expect(value == pseudonyms.patientID(issuer: "urn:oid:1.2.36.146.595.217.0.1", patientID: "MRNQX4711"))
        for gone in ["name", "birthDate", "telecom", "address", "text", "extension", "unknownElement"] {
            #expect(result[gone] == nil, "\(gone)")
        }
        let doctor = pseudonyms.patientID(issuer: "fhir|Practitioner", patientID: "qxdoc")
        #expect(result["generalPractitioner"]?[0]?["reference"]?.string == "Practitioner/\(doctor)")
        #expect(result["meta"]?["lastUpdated"] == nil)
    }

    @Test("a modality is a code of DICOM", arguments: [("CT", true), ("DX", true), ("QX", false), ("Smith", false)])
    func modality(code: String, stays: Bool) throws {
        let system = "http://dicom.nema.org/resources/ontology/DCM"
        let series = #"{"uid": "1.2.3", "modality": {"system": "\#(system)", "code": "CODE"}}"#
        let study = #"{"resourceType": "ImagingStudy", "status": "available", "series": [SERIES]}"#
        let text = study.replacing("SERIES", with: series).replacing("CODE", with: code)
        let result = try Make.classifier().deidentify(fhirJSON: Array(text.utf8))
        let written = try JSONValue(parsing: result.bytes)["series"]?[0]?["modality"]?["code"]?.string
        #expect(written == (stays ? code : nil))
    }

    static let bundle = """
        {"resourceType": "Bundle", "type": "transaction", "entry": [
          {"fullUrl": "http://qx.example/fhir/Patient/qxpat1", "resource": \(patient),
           "request": {"method": "PUT", "url": "Patient?identifier=MRNQX4711"}},
          {"resource": {"resourceType": "Observation", "id": "qxobs", "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Qx rate"},
                                {"system": "http://qx.example/codes", "code": "HR"}], "text": "Qx"},
            "subject": {"reference": "http://qx.example/fhir/Patient/qxpat1"},
            "effectiveDateTime": "2024-05-17T10:15:00+01:00",
            "valueQuantity": {"value": 72.50, "unit": "beats Qx", "system": "http://unitsofmeasure.org", "code": "/min"}}},
          {"resource": {"resourceType": "ImagingStudy", "status": "available",
            "identifier": [{"system": "urn:dicom:uid", "value": "urn:oid:1.2.826.0.1.99.42"}],
            "subject": {"reference": "Patient/qxpat1"},
            "series": [{"uid": "1.2.826.0.1.99.43", "modality": {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "CR"},
              "instance": [{"uid": "1.2.826.0.1.99.44",
                "sopClass": {"system": "urn:ietf:rfc:3986", "code": "urn:oid:1.2.840.10008.5.1.4.1.1.1"}}]}]}}]}
        """

    @Test("references still lead to the resources of a Bundle, and UIDs to the images")
    func references() throws {
        let result = try Self.deidentified(Self.bundle)
        #expect(result["type"] == "collection")
        let patient = try #require(result["entry"]?[0]?["resource"]?["id"]?.string)
        #expect(result["entry"]?[0]?["fullUrl"]?.string == "https://deidentified.invalid/Patient/\(patient)")
        #expect(result["entry"]?[0]?["request"] == nil)
        let observation = result["entry"]?[1]?["resource"]
        #expect(observation?["subject"]?["reference"]?.string == "Patient/\(patient)")
        #expect(observation?["code"]?["coding"]?[0]?["code"] == "8867-4")
        #expect(observation?["code"]?["coding"]?.array?.count == 1)
        #expect(observation?["valueQuantity"]?["value"]?.number?.text == "72.50")
        #expect(observation?["effectiveDateTime"] == nil)
        let study = result["entry"]?[2]?["resource"]
        let pseudonyms = try Make.pseudonyms()
        #expect(study?["identifier"]?[0]?["value"]?.string == "urn:oid:" + pseudonyms.uid(for: "1.2.826.0.1.99.42"))
        #expect(study?["series"]?[0]?["uid"]?.string == pseudonyms.uid(for: "1.2.826.0.1.99.43"))
    }

    @Test("dates of one patient move by the same days")
    func shifted() throws {
        let result = try Self.deidentified(Self.bundle, Make.shifting())
        let days = try Make.pseudonyms().dayShift(issuer: "fhir", patientID: "qxpat1")
        let day = try MessageTests.moved("20240517", by: days)
        let dashed = "\(day.prefix(4))-\(day.dropFirst(4).prefix(2))-\(day.suffix(2))"
        #expect(
            result["entry"]?[1]?["resource"]?["effectiveDateTime"]?.string == dashed + "T10:15:00+01:00")
        #expect(result["entry"]?[0]?["resource"]?["gender"] == nil)
    }

    @Test("what must be there and may not stay says that it is masked")
    func required() throws {
        let result = try Self.deidentified(
            """
            {"resourceType": "Observation", "id": "x1", "status": "final", "code": {"text": "Qx free words"}}
            """)
        #expect(result["code"]?["extension"]?[0]?["valueCode"] == "masked")
    }

    @Test("elements that change the meaning of others are not left out unseen")
    func modifiers() {
        let error = #expect(throws: MessageDeidentificationError.self) {
            try Make.classifier().deidentify(
                fhirJSON: Array(#"{"resourceType":"Patient","modifierExtension":[{"url":"x"}]}"#.utf8))
        }
        #expect(error?.code == .modifierUnsupported)
        #expect(error?.place == "Patient.modifierExtension")
    }

    @Test("what is no resource, and a resource nobody knows, are refused")
    func refused() {
        for (text, code) in [
            ("[1]", MessageDeidentificationError.Code.resourceUnreadable), ("{", .resourceUnreadable),
            (#"{"resourceType":"Weather"}"#, .resourceTypeUnsupported),
        ] {
            let error = #expect(throws: MessageDeidentificationError.self) {
                try Make.classifier().deidentify(fhirJSON: Array(text.utf8))
            }
            #expect(error?.code == code)
        }
    }
}
