import MessageDeidentification
import Testing

@Suite("Whom a message is about")
struct SubjectTests {
    @Test("all patients and studies of all messages of a file, by their assigners")
    func hl7() throws {
        let more = "MSH|^~\\&|||||20240101||ORU^R01|2|P|2.5.1\rPID|1||88^^^&1.2.36.1&ISO~99^^^HOSP2\r"
        let result = try Make.classifier().deidentify(hl7: Array((MessageTests.order + more).utf8))
        let patients = result.subjects.patients
        #expect(Set(patients.map(\.identifier)) == ["MRNQX4711", "88", "99"])
        #expect(patients.first { $0.identifier == "MRNQX4711" }?.namespace == "HOSP")
        #expect(patients.first { $0.identifier == "88" }?.universalID == "1.2.36.1")
        #expect(patients.first { $0.identifier == "88" }?.namespace == nil)
        #expect(result.subjects.studies == ["1.2.826.0.1.99.42"])
    }

    @Test("patients of a Bundle by their identifiers, and by id where nothing else is told")
    func fhir() throws {
        let result = try Make.classifier().deidentify(fhirJSON: Array(ResourceTests.bundle.utf8))
        #expect(result.subjects.patients.map(\.identifier) == ["MRNQX4711"])
        #expect(result.subjects.patients.first?.system == "urn:oid:1.2.36.146.595.217.0.1")
        #expect(result.subjects.studies == ["1.2.826.0.1.99.42"])
        let alone = #"{"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/qxpat1"}}"#
        #expect(
            try Make.classifier().deidentify(fhirJSON: Array(alone.utf8)).subjects.patients.map(\.identifier)
                == ["qxpat1"])
    }

    @Test("it prints nobody")
    func redacted() throws {
        let subjects = try Make.classifier().deidentify(hl7: Array(MessageTests.order.utf8)).subjects
        #expect(!"\(subjects) \(subjects.patients)".contains("QX") && !String(reflecting: subjects).contains("QX"))
    }
}
