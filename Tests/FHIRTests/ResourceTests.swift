import FHIR
import JSON
import Testing

@Suite("FHIR R4: resources")
struct ResourceTests {
    private func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test func `a resource that is read and written keeps every element, known or not, in its order`() throws {
        let text =
            #"{"zzz":{"x":[1.50]},"resourceType":"Patient","_birthDate":{},"name":[{"given":["A",null]}]}"#
        let patient = try Patient(json(text))
        #expect(String(decoding: patient.json.serialized(), as: UTF8.self) == text)
        #expect(patient.names.first?.given == ["A"])
    }

    @Test func `another resource type and no resource are refused, naming the element`() throws {
        #expect(throws: FHIRError(code: .wrongResourceType, element: "Patient")) {
            try Patient(json(#"{"resourceType":"Device"}"#))
        }
        #expect(throws: FHIRError(code: .notAResource, element: "Patient")) { try Patient(json("[]")) }
        #expect(throws: FHIRError(code: .notAResource, element: "resourceType")) {
            try Resource(json(#"{"resourceType":1}"#))
        }
    }

    @Test func `R4 §10.4.8: the study UID is read from urn:dicom:uid, and is nil when two differ`() throws {
        func study(_ identifiers: String) throws -> String? {
            try ImagingStudy(json(#"{"resourceType":"ImagingStudy","identifier":[\#(identifiers)]}"#)).studyInstanceUID
        }
        let one = #"{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}"#
        #expect(try study(one) == "1.2.3")
        #expect(try study(#"{"system":"urn:dicom:uid","value":"1.2.3"}"#) == "1.2.3")
        #expect(try study(one + "," + one) == "1.2.3")
        #expect(try study(one + #",{"system":"urn:dicom:uid","value":"urn:oid:1.2.4"}"#) == nil)
        #expect(try study(#"{"system":"urn:x","value":"urn:oid:1.2.3"}"#) == nil)
        #expect(studyIdentifier("1.2.3").json == ["system": "urn:dicom:uid", "value": "urn:oid:1.2.3"])
    }

    @Test func `R4 §3.1.1.5: only entries with mode match count as matches`() throws {
        let bundle = try Bundle(
            json(
                #"""
                {"resourceType":"Bundle","type":"searchset","total":7,
                "link":[{"relation":"self","url":"s"},{"relation":"next","url":"n"}],"entry":[
                {"resource":{"resourceType":"Patient","id":"i"},"search":{"mode":"include"}},
                {"resource":{"resourceType":"Patient","id":"m"},"search":{"mode":"match"}},
                {"resource":{"resourceType":"Patient","id":"u"}},
                {"resource":{"resourceType":"Device","id":"d"},"search":{"mode":"match"}},
                {"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"invalid"}]},
                "search":{"mode":"outcome"}}]}
                """#))
        #expect(bundle.matches(Patient.self).map(\.id) == ["m", "u"])
        #expect(bundle.outcomes.first?.issues.first?.code == "invalid")
        #expect(bundle.outcomes.first?.isFailure == false)
        #expect(bundle.link("next") == "n")
        #expect(bundle.link("previous") == nil)
        #expect(bundle.total == 7)
    }

    @Test(
        "R4 §3.1.0.11: a transaction response gives the number of its status and the resource of its location",
        arguments: [("201 Created", 201), ("200", 200), ("DELETE", nil), ("2001", nil), ("20", nil)] as [(String, Int?)]
    )
    func transactionResponse(status: String, code: Int?) {
        let response = BundleResponse(
            status: status, location: "https://h/DiagnosticReport/7/_history/2", etag: #"W/"2""#)
        #expect(response.statusCode == code)
        #expect(response.target?.id == "7")
        #expect(response.target?.type == "DiagnosticReport")
    }

    @Test func `R4 §2.37: an outcome has at least one issue`() {
        #expect(OperationOutcome([]).issues.count == 1)
        #expect(OperationOutcome([]).isFailure == false)
        let outcome = OperationOutcome([.init(.error, "required", expression: ["ServiceRequest.subject"])])
        #expect(outcome.isFailure)
        #expect(
            outcome.json["issue"]?[0] == [
                "severity": "error", "code": "required", "expression": ["ServiceRequest.subject"],
            ])
    }

    @Test func `R4 §8.1: the replacing record of a merged patient is found`() throws {
        let patient = try Patient(
            json(
                #"""
                {"resourceType":"Patient","active":false,
                "link":[{"other":{"reference":"Patient/9"},"type":"replaced-by"},
                {"other":{"reference":"Patient/8"},"type":"replaces"}]}
                """#
            ))
        #expect(patient.replacedBy.map(\.reference) == ["Patient/9"])
        #expect(patient.active == false)
    }
}
