import FHIR
import Mapping
import Testing

@testable import Matching

@Suite("Patients that were merged (design §4; HL7 v2.5.1 §3.3.40, A40)")
struct MergedPatientTests {
    /// The record that lost: inactive, and pointing to the survivor.
    private static let replaced = resource(
        "Patient", "p0",
        #""active":false,"identifier":[{"system":"urn:hospital","value":"007"}],"#
            + #""link":[{"type":"replaced-by","other":{"reference":"Patient/p1"}}]"#)

    /// An order that was sent under 003, which was merged into 007; the images still carry 003.
    private func merged() throws -> Exam {
        var exam = try Exam()
        exam.formerPatient = [id("003")]
        try exam.study(patient: "003")
        return exam
    }

    @Test("Images that carry an identifier that was merged away are the patient's")
    func formerIdentifier() throws {
        let exam = try merged()
        let matched = try exam.match()
        #expect(matched.value.formerPatient == [id("003")])
        let header = try exam.header(patient: "003")
        _ = try exam.rule().match(matched, headers: [header])
    }

    @Test("Images that carry the survivor's identifier are the patient's too")
    func currentIdentifier() throws {
        var exam = try merged()
        try exam.study()
        #expect(try exam.refusal() == nil)
    }

    @Test("Without the merge, and with another identifier or assigner, they are not")
    func strangers() throws {
        var exam = try merged()
        exam.formerPatient = []
        #expect(try exam.refusal() == .studyPatientMismatch)
        exam = try merged()
        try exam.study(patient: "004")
        #expect(try exam.refusal() == .studyPatientMismatch)
        exam = try merged()
        try exam.study(patient: "003", patientIssuer: "CLIN")
        #expect(try exam.refusal() == .studyPatientMismatch)
        exam = try merged()
        exam.formerPatient = [id("003", nil)]
        #expect(try exam.refusal() == .studyPatientMismatch)
    }

    @Test("A header that carries a third identifier is refused although the index carried a former one")
    func headers() throws {
        let exam = try merged()
        let matched = try exam.match()
        let header = try exam.header(patient: "005")
        #expect(throws: MatchingError(.studyPatientMismatch)) {
            try exam.rule().match(matched, headers: [header])
        }
    }

    @Test("The EHR is not asked for identifiers that were merged away")
    func asked() throws {
        let exam = try merged()
        #expect(try exam.rule().patientIdentifiers(of: exam.order).map(\.value) == ["007"])
    }

    @Test("The EHR's record that lost is no second match, and requests about it are the survivor's")
    func replacedRecord() throws {
        var exam = try Exam()
        exam.patients.append(Self.replaced)
        exam.requests = [request("sr1", subject: "Patient/p0")]
        exam.studies = [imagingStudy("is1", subject: "Patient/p0")]
        #expect(try exam.match().value.patient.id == "p1")
    }

    @Test("A record that was replaced by somebody else is nobody's subject here")
    func replacedByAnother() throws {
        var exam = try Exam()
        exam.patients.append(Self.replaced.replacing("Patient/p1", with: "Patient/p9"))
        exam.requests = [request("sr1", subject: "Patient/p0")]
        #expect(try exam.refusal() == .serviceRequestPatientMismatch)
    }

    @Test("Inactive alone, or a link alone, leaves a second match")
    func notReplaced() throws {
        for text in [
            Self.replaced.replacing(#""active":false,"#, with: ""),
            Self.replaced.replacing("replaced-by", with: "seealso"),
        ] {
            var exam = try Exam()
            exam.patients.append(text)
            #expect(try exam.refusal() == .patientAmbiguous)
        }
    }

    @Test("Where the record that lost is all there is, there is no patient")
    func onlyReplaced() throws {
        var exam = try Exam()
        exam.patients = [Self.replaced]
        #expect(try exam.refusal() == .patientNotFound)
    }
}
