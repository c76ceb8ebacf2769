import FHIR
import ImageClassifier
import JSON
import Testing

@testable import Reporting

@Suite("A report that the EHR already holds")
struct ComparisonTests {
    private let base = "https://ehr.example/fhir"

    private func ours(_ decision: Decision = .positive) throws -> ComposedReport {
        try Fixture.compose(.finding(Fixture.finding(decision)))
    }

    /// What a server makes of ours: id, version, resolved references, its own additions.
    private func stored(_ composed: ComposedReport) -> (report: DiagnosticReport, observation: Observation) {
        var report = composed.report
        report.elements["id"] = "r7"
        report.elements["meta"] = ["versionId": "3", "lastUpdated": "2026-01-03T00:00:00Z"]
        report.elements["result"] = [["reference": "Observation/o7"]]
        report.elements["subject"] = ["reference": .string("\(base)/Patient/p1"), "display": "someone"]
        report.elements["issued"] = "2026-01-02T10:00:00Z"
        report.elements["extension"] = [["url": "urn:x", "valueString": "kept"]]
        var observation = composed.observation
        observation.elements["id"] = "o7"
        observation.elements["meta"] = ["versionId": "1"]
        observation.elements["device"] = ["reference": "Device/d7"]
        return (report, observation)
    }

    private func compare(
        _ change: (inout DiagnosticReport, inout Observation) -> Void, to ours: ComposedReport? = nil
    ) throws -> ReportComparison {
        var (report, observation) = stored(try self.ours())
        change(&report, &observation)
        return ReportComparison(
            existing: report, existingObservation: observation, ours: try ours ?? self.ours(), serverBase: base)
    }

    @Test func `what a server adds does not make it another report`() throws {
        #expect(try compare { _, _ in } == .same)
    }

    @Test func `a server that shortens decimals, fills in displays or keeps the picture elsewhere says the same`()
        throws
    {
        #expect(
            try compare { report, observation in
                var components = observation.components.map { $0.object ?? [:] }
                components[0]["valueQuantity"] = try? Fixture.json(#"{"value":8.7e-1,"unit":"1","code":"1"}"#)
                components[1]["extension"] = [["url": "urn:x", "valueString": "y"]]
                observation.elements["component"] = .array(components.map { .object($0) })
                var forms = report.elements["presentedForm"]?.array ?? []
                forms[1] = ["contentType": "image/png", "url": "Binary/1"]
                report.elements["presentedForm"] = .array(forms)
            } == .same)
        #expect(
            try compare { _, observation in
                var components = observation.components.map { $0.object ?? [:] }
                components[0]["valueQuantity"] = ["value": 1]
                observation.elements["component"] = .array(components.map { .object($0) })
            } == .changed)
        #expect(
            try compare { report, _ in
                report.elements["presentedForm"] = [["contentType": "image/png"], ["contentType": "image/png"]]
            } == .changed)
    }

    @Test func `another answer, status or picture makes it changed`() throws {
        #expect(try compare({ _, _ in }, to: ours(.negative)) == .changed)
        #expect(try compare { report, _ in report.elements["status"] = "partial" } == .changed)
        #expect(try compare { report, _ in report.elements["presentedForm"] = nil } == .changed)
        #expect(try compare { report, _ in report.elements["imagingStudy"] = nil } == .changed)
        #expect(try compare { _, observation in observation.elements["component"] = nil } == .changed)
        #expect(
            try compare { _, observation in
                var components = observation.components.map { $0.object ?? [:] }
                components[1]["valueRange"] = try? Fixture.json(#"{"low":{"value":0.80},"high":{"value":0.93}}"#)
                observation.elements["component"] = .array(components.map { .object($0) })
            } == .changed, "the spread is part of what it says")
    }

    @Test func `another patient, study or order is foreign`() throws {
        #expect(
            try compare { report, _ in report.elements["subject"] = ["reference": "Patient/p2"] }
                == .foreign(.subjectDiffers))
        #expect(try compare { report, _ in report.elements["subject"] = nil } == .foreign(.subjectDiffers))
        #expect(
            try compare { report, _ in report.elements["subject"] = ["reference": "https://other/fhir/Patient/p1"] }
                == .foreign(.subjectDiffers))
        #expect(
            try compare { _, observation in observation.elements["subject"] = ["reference": "Patient/p2"] }
                == .foreign(.subjectDiffers))
        #expect(
            try compare { report, _ in report.elements["imagingStudy"] = [["reference": "ImagingStudy/is2"]] }
                == .foreign(.studyDiffers))
        #expect(
            try compare { _, observation in
                observation.elements["derivedFrom"] = [["identifier": studyIdentifier("1.2.9").json]]
            } == .foreign(.studyDiffers))
        #expect(
            try compare { report, _ in report.elements["basedOn"] = [["reference": "ServiceRequest/sr2"]] }
                == .foreign(.basedOnDiffers))
        #expect(try compare { report, _ in report.elements["basedOn"] = nil } == .foreign(.basedOnDiffers))
        #expect(
            try compare { report, _ in report.elements["identifier"] = [["system": "urn:y", "value": "1"]] }
                == .foreign(.identifierMissing))
    }

    @Test func `a report that a person signed is never ours to change`() throws {
        for status in ["final", "amended", "corrected", "appended"] {
            #expect(
                try compare { report, _ in report.elements["status"] = .string(status) } == .foreign(.signedByPerson))
        }
        #expect(
            try compare { report, _ in report.elements["resultsInterpreter"] = [["reference": "Practitioner/1"]] }
                == .foreign(.signedByPerson))
        #expect(
            try compare { report, _ in report.elements["status"] = "entered-in-error" } == .foreign(.enteredInError))
    }

    @Test func `an order known by identifier then and by resource now is the same order`() throws {
        #expect(
            try compare { report, _ in
                report.elements["basedOn"] = [["identifier": ["system": "urn:oid:1.2.3", "value": "ORD-1"]]]
            } == .same)
        #expect(
            try compare { report, _ in
                report.elements["basedOn"] = [["identifier": ["system": "urn:oid:9", "value": "ORD-1"]]]
            } == .foreign(.basedOnDiffers))
    }

    @Test func `a new version is a PUT with If-Match that keeps what the EHR added and leaves no old value`() throws {
        let (report, observation) = stored(try ours())
        let refusal = try Fixture.compose(.refusal(Fixture.refusal()))
        let revised = try refusal.revised(report: report, observation: observation)
        let requests = revised.bundle.entries.compactMap(\.request)
        #expect(requests.map(\.method) == ["POST", "PUT", "PUT", "PUT"])
        #expect(
            requests.map(\.url).dropFirst() == [
                "Observation/o7", "DiagnosticReport/r7", "Provenance/00000001-0003-8000-8000-000000000000",
            ])
        #expect(requests[1].ifMatch == #"W/"1""#)
        #expect(requests[2].ifMatch == #"W/"3""#)
        #expect(revised.report.elements["extension"]?[0]?["valueString"] == "kept")
        #expect(revised.report.result.map(\.reference) == ["Observation/o7"])
        #expect(revised.observation.valueCodeableConcept == nil)
        #expect(revised.observation.interpretation.isEmpty)
        #expect(revised.observation.dataAbsentReason != nil)
        #expect(revised.resource("Provenance")?["target"]?[0]?["reference"] == "DiagnosticReport/r7")
        #expect(revised.observation.device?.reference == "urn:uuid:00000001-0004-8000-8000-000000000000")
        #expect(!revised.text.contains("image/png"))
    }

    @Test func `a withdrawal changes the status and nothing else`() throws {
        let (report, observation) = stored(try ours())
        let bundle = try ComposedReport.withdrawal(report: report, observation: observation)
        #expect(bundle.entries.compactMap(\.request).map(\.url) == ["DiagnosticReport/r7", "Observation/o7"])
        var expected = report.elements
        expected["status"] = "entered-in-error"
        #expect(bundle.entries.first?.resource?.elements == expected)
    }

    @Test func `a resource without id or version cannot be updated`() throws {
        var (report, observation) = stored(try ours())
        report.elements["meta"] = nil
        #expect(throws: ReportingError(.bundleInvalid)) { try ours().revised(report: report, observation: observation) }
        observation.elements["id"] = "../x"
        #expect(throws: ReportingError(.bundleInvalid)) {
            try ComposedReport.withdrawal(report: report, observation: observation)
        }
        #expect(throws: ReportingError(.bundleInvalid)) { try ComposedReport(Bundle(transaction: [])) }
    }

    @Test func `ours about a patient whom the EHR merged into ours is changed; anybody else is foreign`() throws {
        let ours = try Fixture.compose(.finding(Fixture.finding()))
        var (report, observation) = stored(ours)
        let prior = Reference("Patient/p0")
        report.elements["subject"] = ["reference": "Patient/p0"]
        observation.elements["subject"] = ["reference": "Patient/p0"]
        func compared(_ merged: Reference?) -> ReportComparison {
            ReportComparison(
                existing: report, existingObservation: observation, ours: ours, serverBase: base, mergedSubject: merged)
        }
        #expect(compared(nil) == .foreign(.subjectDiffers))
        #expect(compared(Reference("Patient/p5")) == .foreign(.subjectDiffers))
        #expect(compared(prior) == .changed)
        report.elements["status"] = "final"
        #expect(compared(prior) == .foreign(.signedByPerson))
    }
}
