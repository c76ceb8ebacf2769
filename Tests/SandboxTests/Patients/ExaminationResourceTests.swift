import DICOM
import HL7v2
import JSON
import Testing

@testable import Sandbox

/// Judged by fhirkit and fhir.resources outside the repository; here what the gateway's matching needs.
@Suite("Synthetic patients: FHIR R4 resources")
struct ExaminationResourceTests {
    private let exam: Examination

    init() throws {
        var registry = SyntheticPatientRegistry(seed: 21, today: try DTM(parsing: "20260301101500+0000"))
        exam = registry.examination(of: registry.patient(age: 2, sex: .female))
    }

    private func identifier(_ resource: JSONValue, type: String) -> (system: String?, value: String?)? {
        let found = resource["identifier"]?.array?.first { $0["type"]?["coding"]?[0]?["code"]?.string == type }
        return found.map { ($0["system"]?.string, $0["value"]?.string) }
    }

    @Test func `Patient carries number, name, sex and birth date, and says that it is a test`() throws {
        let patient = exam.patient.patientResource(id: "p1")
        #expect(patient["resourceType"]?.string == "Patient" && patient["id"]?.string == "p1")
        let number = try #require(identifier(patient, type: "MR"))
        #expect(number == (Hospital.patientSystem, exam.patient.id))
        #expect(patient["name"]?[0]?["family"]?.string == exam.patient.family)
        #expect(patient["name"]?[0]?["given"]?[0]?.string == exam.patient.given)
        #expect(patient["gender"]?.string == "female")
        let birthDate = exam.patient.birthDate.description
        #expect(patient["birthDate"]?.string?.replacing("-", with: "") == birthDate)
        #expect(patient["birthDate"]?.string?.utf8.count == 10)
        #expect(patient["meta"]?["security"]?[0]?["code"]?.string == "HTEST")
        #expect(exam.patient.patientResource()["id"] == nil)
    }

    @Test func `ServiceRequest carries the three numbers with their types and assigners`() throws {
        let request = exam.serviceRequestResource(id: "s1", subject: "Patient/p1")
        #expect(try #require(identifier(request, type: "PLAC")) == (Hospital.placerSystem, exam.placerOrderNumber))
        #expect(try #require(identifier(request, type: "FILL")) == (Hospital.fillerSystem, exam.fillerOrderNumber))
        #expect(try #require(identifier(request, type: "ACSN")) == (Hospital.accessionSystem, exam.accessionNumber))
        #expect(request["status"]?.string == "active" && request["intent"]?.string == "order")
        #expect(request["subject"]?["reference"]?.string == "Patient/p1")
        #expect(request["code"]?["coding"]?[0]?["code"]?.string == "36572-6")
        #expect(request["requester"] == nil)
        let occurrence = try #require(request["occurrenceDateTime"]?.string)
        #expect(occurrence.hasPrefix("2026-03-01T") && occurrence.hasSuffix("Z"))
        #expect(exam.serviceRequestResource(subject: "x", status: "revoked")["status"]?.string == "revoked")
    }

    @Test func `ImagingStudy names the study, its order and its one image`() throws {
        let study = exam.imagingStudyResource(subject: "Patient/p1", basedOn: "ServiceRequest/s1")
        #expect(study["identifier"]?[0]?["system"]?.string == "urn:dicom:uid")
        #expect(study["identifier"]?[0]?["value"]?.string == "urn:oid:\(exam.studyInstanceUID.value)")
        #expect(try #require(identifier(study, type: "ACSN")) == (Hospital.accessionSystem, exam.accessionNumber))
        #expect(study["basedOn"]?[0]?["reference"]?.string == "ServiceRequest/s1")
        #expect(study["modality"]?[0]?["code"]?.string == "DX")
        #expect(study["numberOfInstances"]?.int == 1)
        let instance = study["series"]?[0]?["instance"]?[0]
        #expect(study["series"]?[0]?["uid"]?.string == exam.seriesInstanceUID.value)
        #expect(instance?["uid"]?.string == exam.sopInstanceUID.value)
        #expect(instance?["sopClass"]?["code"]?.string == "urn:oid:1.2.840.10008.5.1.4.1.1.1.1")
        #expect(exam.imagingStudyResource(subject: "Patient/p1")["basedOn"] == nil)
    }
}
