import DICOM
import JSON
import Testing

@testable import Sandbox

@Suite("The pretend hospital without its network")
struct PretendHospitalTests {
    private func hospital(seed: UInt64 = 7) -> PretendHospital {
        PretendHospital(
            SandboxSettings(ehrPort: 18070, archivePort: 18071, resultPort: 18072, gatewayPort: 18073, seed: seed))
    }

    private func get(_ path: [String], _ hospital: PretendHospital) async -> HTTPExchangeResponse {
        await hospital.answer(ehr: HTTPExchangeRequest(method: "GET", path: path))
    }

    @Test("The same seed gives the same patients and images, another seed others")
    func seed() async throws {
        func first(_ seed: UInt64) async throws -> (Examination, [UInt8]) {
            let hospital = hospital(seed: seed)
            let exam = await hospital.newExamination(.chest(hasOpacity: true))
            let instance = PhantomInstance(exam, opacity: nil, seed: await hospital.phantomSeed(exam))
            guard case .radiograph(let image) = instance.picture else { return (exam, []) }
            return (exam, image.pixels)
        }
        let (exam, pixels) = try await first(7)
        let (again, samePixels) = try await first(7)
        let (other, _) = try await first(8)
        #expect(exam.patient == again.patient && exam.accessionNumber == again.accessionNumber)
        #expect(pixels == samePixels && !pixels.isEmpty)
        #expect(exam.patient.id != other.patient.id)
    }

    @Test("A second record makes the patient ambiguous")
    func twice() async throws {
        let hospital = hospital()
        let exam = await hospital.newExamination(.chest(hasOpacity: false))
        try await hospital.register(exam)
        #expect(try await hospital.patients(of: exam).count == 1)
        try await hospital.registerAgain(exam)
        #expect(try await hospital.patients(of: exam).count == 2)
    }

    @Test("Images that reach the archive under another name keep the accession number")
    func anotherName() async throws {
        let hospital = hospital()
        let exam = await hospital.newExamination(.chest(hasOpacity: false))
        try await hospital.archive(exam, .chest(hasOpacity: false), underAnotherPatient: true)
        let stored = try #require(await hospital.images.instances.first)
        let instance = try Instance(parsing: stored.file)
        #expect(instance.dataSet.string(.accessionNumber) == exam.accessionNumber)
        #expect(instance.dataSet.string(.patientID) != exam.patient.id)
    }

    @Test("An announced study reaches the subscriber's queue, and the EHR's own rules hold for the hospital too")
    func announced() async throws {
        let hospital = hospital()
        let exam = await hospital.newExamination(.chest(hasOpacity: false))
        await #expect(throws: SandboxFailure.self) { try await hospital.announce(exam) }
        try await hospital.register(exam)
        try await hospital.announce(exam)
        let found = await hospital.answer(
            ehr: HTTPExchangeRequest(method: "GET", path: ["ImagingStudy"], query: [("status", "available")]))
        #expect(try JSONValue(parsing: found.body)["total"]?.int == 1)
    }

    @Test("A saved page has no link that leads nowhere, a served one has")
    func savedPage() async throws {
        let hospital = hospital()
        let exam = await hospital.newExamination(.chest(hasOpacity: false))
        try await hospital.register(exam)
        let patient = try #require(try await hospital.patients(of: exam).first?["id"]?.string)
        let report = try await hospital.create([
            "resourceType": "DiagnosticReport", "status": "preliminary", "code": ["text": "Chest"],
            "subject": ["reference": .string("Patient/\(patient)")],
        ])
        let id = String(report.split(separator: "/").last ?? "")
        let saved = String(decoding: await hospital.reportPage(id: id), as: UTF8.self)
        let served = await hospital.page(HTTPExchangeRequest(method: "GET", path: ["reports", id]))
        #expect(String(decoding: served.body, as: UTF8.self).contains("<a href="))
        #expect(!saved.contains("<a href=") && saved.contains(exam.patient.id))
    }
}
