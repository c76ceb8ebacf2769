import FHIR
import Foundation
import JSON
import Testing

@testable import Sandbox

@Suite("Pretend EHR: stricter than a lax server")
struct RecordStrictnessTests {
    private func status(_ type: String, _ elements: String) -> (Int, [String], [String]) {
        var record = Record.filled()
        let answer = record.send("POST", type, #"{"resourceType":"\#(type)",\#(elements)}"#)
        return (answer.status, answer.codes, answer.places)
    }

    private static let observation = #""status":"preliminary","code":{"text":"c"}"#
    private static let report = #""status":"preliminary","code":{"text":"c"}"#

    @Test(arguments: [
        ("DiagnosticReport", report), ("Observation", observation),
        ("DiagnosticReport", report + #","performer":[{"reference":"Organization/radiology"}]"#),
        ("DiagnosticReport", report + #","performer":[{"display":"Radiology","type":"Organization"}]"#),
        ("Observation", observation + #","valueQuantity":{"value":0.870,"unit":"1"},"_status":{"id":"x"}"#),
        (
            "Observation",
            observation + ##","contained":[{"resourceType":"Device","id":"d"}],"device":{"reference":"#d"}"##
        ),
        ("DiagnosticReport", report + #","basedOn":[{"reference":"http://elsewhere.example/fhir/ServiceRequest/1"}]"#),
        ("Patient", #""name":[{"given":["A",null],"_given":[null,{"id":"x"}]}],"deceasedBoolean":false"#),
        ("Device", #""identifier":[{"system":"urn:x","value":"ä"}]"#),
    ])
    func `what R4 allows is taken`(type: String, elements: String) {
        #expect(status(type, elements) == (201, [], []))
    }

    @Test(arguments: [
        ("DiagnosticReport", #""code":{"text":"c"}"#, "required", "DiagnosticReport.status"),
        ("DiagnosticReport", #""status":"preliminary""#, "required", "DiagnosticReport.code"),
        ("DiagnosticReport", #""status":"bogus","code":{"text":"c"}"#, "code-invalid", "DiagnosticReport.status"),
        ("Observation", #""status":"partial","code":{"text":"c"}"#, "code-invalid", "Observation.status"),
        (
            "ServiceRequest", #""status":"active","subject":{"reference":"Patient/p1"}"#, "required",
            "ServiceRequest.intent"
        ),
        (
            "ServiceRequest", #""status":"active","intent":"wish","subject":{"reference":"Patient/p1"}"#,
            "code-invalid", "ServiceRequest.intent"
        ),
        ("ImagingStudy", #""status":"available""#, "required", "ImagingStudy.subject"),
        (
            "ImagingStudy", #""status":"available","subject":{"reference":"Patient/p1"},"series":[{"uid":"1.2"}]"#,
            "required", "ImagingStudy.series[0].modality"
        ),
        ("Observation", observation + #","colour":"red""#, "structure", "Observation.colour"),
        ("Observation", observation + #","note":{"text":"x"}"#, "structure", "Observation.note"),
        ("Observation", observation + #","note":[]"#, "structure", "Observation.note"),
        ("Observation", observation + #","subject":[{"reference":"Patient/p1"}]"#, "structure", "Observation.subject"),
        ("Observation", observation + #","bodySite":{}"#, "structure", "Observation.bodySite"),
        ("Observation", observation + #","valueString":"a","valueBoolean":true"#, "structure", "Observation.value"),
        (
            "Observation", observation + #","valueQuantity":{"value":"0.87"}"#, "value",
            "Observation.valueQuantity.value"
        ),
        ("Observation", observation + #","issued":"2026-01-02""#, "value", "Observation.issued"),
        ("Observation", observation + #","effectiveDateTime":"2026-02-30""#, "value", "Observation.effectiveDateTime"),
        ("Observation", observation + #","valueString":" ""#, "value", "Observation.valueString"),
        ("Observation", observation + #","valueString":null"#, "value", "Observation.valueString"),
        (
            "Observation", observation + #","component":[{"valueString":"x"}]"#, "required",
            "Observation.component[0].code"
        ),
        (
            "Observation", observation + #","valueString":"x","dataAbsentReason":{"text":"y"}"#, "invariant",
            "Observation"
        ),
        (
            "Observation",
            #""status":"preliminary","code":{"coding":[{"code":"a"}]},"valueString":"x","component":[{"code":{"coding":[{"code":"a"}]}}]"#,
            "invariant", "Observation"
        ),
        ("Observation", observation + #","extension":[{"valueString":"x"}]"#, "structure", "Observation.extension"),
        (
            "Observation", observation + #","extension":[{"url":"u","valueString":"x","valueCode":"y"}]"#, "invariant",
            "Observation.extension[0]"
        ),
        ("Patient", #""birthDate":"2022-13-01""#, "value", "Patient.birthDate"),
        ("Patient", #""gender":"f""#, "code-invalid", "Patient.gender"),
        ("Patient", #""contact":[{"gender":"male"}]"#, "invariant", "Patient"),
        ("Patient", #""text":{"status":"generated","div":"<p>x</p>"}"#, "value", "Patient.text.div"),
        (
            "Provenance", #""recorded":"2026-01-02T10:00:00Z","agent":[{"who":{"display":"x"}}]"#, "required",
            "Provenance.target"
        ),
    ])
    func `what R4 forbids is refused (400) with code and place`(
        type: String, elements: String, code: String, place: String
    ) {
        #expect(status(type, elements) == (400, [code], [place]))
    }

    @Test(arguments: [
        ("DiagnosticReport", report + #","performer":[{"reference":"Device/d1"}]"#, "DiagnosticReport.performer[0]"),
        (
            "DiagnosticReport", report + #","performer":[{"type":"Device","display":"x"}]"#,
            "DiagnosticReport.performer[0]"
        ),
        ("DiagnosticReport", report + #","subject":{"reference":"ServiceRequest/sr1"}"#, "DiagnosticReport.subject"),
        ("DiagnosticReport", report + #","basedOn":[{"reference":"Patient/p1"}]"#, "DiagnosticReport.basedOn[0]"),
        (
            "DiagnosticReport", report + #","result":[{"reference":"DiagnosticReport/r1"}]"#,
            "DiagnosticReport.result[0]"
        ),
        ("Observation", observation + #","subject":{"reference":"Organization/radiology"}"#, "Observation.subject"),
        ("Observation", observation + #","device":{"reference":"Patient/p1"}"#, "Observation.device"),
        (
            "Observation", observation + #","device":{"reference":"http://elsewhere.example/fhir/Patient/1"}"#,
            "Observation.device"
        ),
    ])
    func `references to the wrong type are refused (400)`(type: String, elements: String, place: String) {
        #expect(status(type, elements) == (400, ["value"], [place]))
    }

    @Test(arguments: [
        "Patient/nobody", "http://ehr.example/fhir/Patient/nobody", "#nothing", "Nonsense", "Patient/p1/name",
        "urn:uuid:00000000-0000-8000-8000-000000000001",
    ])
    func `references to nothing are refused (422)`(reference: String) {
        let answer = status("Observation", Self.observation + #","subject":{"reference":"\#(reference)"}"#)
        #expect(answer == (422, ["not-found"], ["Observation.subject"]))
    }

    @Test func `a reference to what was deleted is one to nothing`() {
        var record = Record.filled()
        record.send("DELETE", "Patient/p2")
        let body = #"{"resourceType":"Device","patient":{"reference":"Patient/p2"}}"#
        #expect(record.send("POST", "Device", body).status == 422)
    }

    @Test func `errors name elements, never their content`() {
        var record = Record()
        let secret =
            #"{"resourceType":"Patient","gender":"Geheim","birthDate":"Geheim","Geheim <b>":1,"name":"Geheim"}"#
        let answer = record.send("POST", "Patient", secret)
        #expect(answer.codes.count == 4)
        #expect(!String(decoding: answer.bytes, as: UTF8.self).contains("Geheim"))
    }

    @Test func `the examples of the standard, of the types served, have the right structure`() throws {
        let folder =
            ProcessInfo.processInfo.environment["IMAGING_GATEWAY_SHARED"].map { URL(fileURLWithPath: $0) }
            ?? URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("../../../../shared").standardizedFileURL
        let examples = folder.appendingPathComponent("data/standards/fhir-r4/examples")
        guard let files = try? FileManager.default.contentsOfDirectory(atPath: examples.path) else {
            print("SKIPPED: the examples of FHIR R4 are not there (IMAGING_GATEWAY_SHARED)")
            return
        }
        var checked = 0
        for file in files.sorted() where file.hasSuffix(".json") {
            let bytes = try Array(Data(contentsOf: examples.appendingPathComponent(file)))
            guard let resource = try JSONValue(parsing: bytes).object, let type = resource["resourceType"]?.string,
                ElementTable.resources[type] != nil
            else { continue }
            let issues = ResourceValidator(resource, type: type).issues
            #expect(issues.map { [$0.code, $0.expression.first ?? "", $0.diagnostics ?? ""] } == [], "\(file)")
            checked += 1
        }
        #expect(checked >= 20)
    }
}
