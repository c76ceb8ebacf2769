import DICOM
import HL7v2
import Testing

@testable import Sandbox

@Suite("Synthetic patients")
struct SyntheticPatientRegistryTests {
    private func registry(seed: UInt64 = 1, _ today: String = "20260301101500+0000") throws -> SyntheticPatientRegistry
    {
        SyntheticPatientRegistry(seed: seed, today: try DTM(parsing: today))
    }

    @Test func `the same seed and date give the same hospital, another seed another one`() throws {
        func hospital(_ seed: UInt64) throws -> [Examination] {
            var registry = try registry(seed: seed)
            return (0..<5).map { registry.examination(of: registry.patient(age: $0)) }
        }
        #expect(try hospital(1) == hospital(1))
        #expect(try Set(hospital(1)).isDisjoint(with: hospital(2)))
    }

    @Test func `no two examinations share a number or a UID`() throws {
        var registry = try registry()
        var numbers: [String] = []
        for _ in 0..<200 {
            let exam = registry.examination(of: registry.patient(age: 3))
            numbers += [
                exam.patient.id, exam.placerOrderNumber, exam.fillerOrderNumber, exam.accessionNumber,
                exam.requestedProcedureID, exam.scheduledProcedureStepID, exam.studyInstanceUID.value,
                exam.seriesInstanceUID.value, exam.sopInstanceUID.value,
            ]
        }
        #expect(Set(numbers).count == numbers.count)
        #expect(numbers.allSatisfy { !$0.contains { "|^~\\&*? ".contains($0) } })
    }

    @Test func `numbers fit SH of DICOM, UIDs are version 4 UUIDs under 2_25`() throws {
        var registry = try registry()
        for _ in 0..<100 {
            let exam = registry.examination(of: registry.patient(age: 3))
            #expect(exam.accessionNumber.utf8.count <= 16 && exam.requestedProcedureID.utf8.count <= 16)
            for uid in [exam.studyInstanceUID, exam.seriesInstanceUID, exam.sopInstanceUID] {
                let value = try #require(UInt128(uid.value.dropFirst("2.25.".count)))
                #expect(uid.value.hasPrefix("2.25.") && uid.value.utf8.count <= 44)
                #expect(value >> 76 & 0xF == 4 && value >> 62 & 0x3 == 2)
            }
        }
    }

    @Test(arguments: ["20260301", "20240229", "20250101", "20261231235959+0000", "20260301003000+0100"])
    func `a patient has the age asked for, on any day`(today: String) throws {
        var registry = try registry(today)
        for age in [0, 1, 3, 5, 17, 44, 100] {
            let patient = registry.patient(age: age)
            #expect(patient.age(on: registry.today) == age)
            #expect(patient.birthDate.day != nil && patient.birthDate.hour == nil)
        }
    }

    @Test func `the age changes on the birthday, not before`() throws {
        let patient = SyntheticPatient(
            id: "1", family: "A", given: "B", birthDate: try DTM(parsing: "20200315"), sex: .female)
        #expect(try patient.age(on: DTM(parsing: "20260314")) == 5)
        #expect(try patient.age(on: DTM(parsing: "20260315")) == 6)
        #expect(try patient.age(on: DTM(parsing: "20260401")) == 6)
    }

    @Test func `an examination lies within the hour before the instant given`() throws {
        var registry = try registry(seed: 3, "20260301003000+0100")
        let end = try DTM(parsing: "20260301003000+0100").secondsSinceEpoch ?? 0
        for _ in 0..<50 {
            let exam = registry.examination(of: registry.patient(age: 1))
            let time = try #require(exam.time.secondsSinceEpoch)
            #expect((end - 3_600..<end).contains(time))
            let later = registry.examination(of: exam.patient, before: try DTM(parsing: "20260401120000+0000"))
            #expect(later.studyDate == "20260401" && later.studyTime.hasPrefix("11"))
            #expect(exam.studyDate == "20260228" && exam.studyTime.hasPrefix("2") && exam.studyTime.utf8.count == 6)
        }
    }

    @Test func `sex and names go together and can be asked for`() throws {
        var registry = try registry()
        #expect(registry.patient(age: 2, sex: .male).sex == .male)
        #expect(registry.patient(age: 2, sex: .female).sex == .female)
        let sexes = Set((0..<40).map { _ in registry.patient(age: 2).sex })
        #expect(sexes == [.male, .female])
        #expect(SyntheticPatient.Sex.allCases.map(\.gender) == ["female", "male", "other"])
    }

    @Test func `the header of an examination names patient, order and study with their issuers`() throws {
        var registry = try registry()
        let exam = registry.examination(of: registry.patient(age: 4), .chestPA)
        let header = exam.identifyingHeader()
        #expect(header.string(.patientID) == exam.patient.id)
        #expect(header.string(.issuerOfPatientID) == Hospital.patientNamespace)
        #expect(header.string(.patientName) == "\(exam.patient.family)^\(exam.patient.given)")
        #expect(header.string(.patientAge) == "004Y")
        #expect(header.string(.accessionNumber) == exam.accessionNumber)
        let issuer = header.items(.issuerOfAccessionNumberSequence).first?.string(.localNamespaceEntityID)
        #expect(issuer == Hospital.accessionNamespace)
        #expect(header.uid(.studyInstanceUID) == exam.studyInstanceUID)
        #expect(header.uid(.sopInstanceUID) == exam.sopInstanceUID)
        #expect(header.string(.modality) == "DX" && header.string(.viewPosition) == "PA")
        #expect(header.string(.studyDate) == exam.studyDate)
        let step = header.items(.requestAttributesSequence).first?.string(.scheduledProcedureStepID)
        #expect(step == exam.scheduledProcedureStepID)
        // What is written can be written: VRs and lengths are those of PS3.5.
        #expect(throws: Never.self) { try ArchiveFixture.file(exam) }
        #expect(registry.examination(of: exam.patient, .chestCT).identifyingHeader()[.viewPosition] == nil)
    }
}
