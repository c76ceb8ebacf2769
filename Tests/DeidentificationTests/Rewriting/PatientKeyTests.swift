import DICOM
import Sealing
import Testing

@testable import Deidentification

@Suite("Patients without a Patient ID")
struct PatientKeyTests {
    private static func result(_ study: String, _ id: DataElement.Value?) throws -> DataSet {
        let profile = try ProfileFileTests.with(.retainModifiedDates)
        var header = SyntheticDX.header()
        header.set(.studyInstanceUID, .UI, study)
        header[.patientID] = id.map { DataElement(.patientID, .LO, $0) }
        let whole = Study(
            studyInstanceUID: try #require(UID(study)), instances: [try SyntheticDX.instance(header)])
        return try deidentify(whole, profile: profile, pseudonyms: try SyntheticDX.pseudonyms()).0
            .header(instance: 0).value
    }

    @Test("two of them are not one: the identifier stays empty, and their dates move apart")
    func empty() throws {
        let (one, other) = (try Self.result("1.2.3.1", .text([])), try Self.result("1.2.3.2", .text([])))
        #expect(try #require(one[.patientID]).isEmpty && #require(other[.patientID]).isEmpty)
        #expect(one.string(.studyDate) != other.string(.studyDate))
        #expect(try Self.result("1.2.3.1", .text([])).string(.studyDate) == one.string(.studyDate))
    }

    @Test("an identifier that cannot be decoded is one by its bytes")
    func undecoded() throws {
        let one = try Self.result("1.2.3.1", .undecodedText([0xE4, 0xF6, 0x31]))
        let same = try Self.result("1.2.3.2", .undecodedText([0xE4, 0xF6, 0x31]))
        let other = try Self.result("1.2.3.1", .undecodedText([0xE4, 0xF6, 0x32]))
        #expect(one.string(.patientID)?.count == 26 && one.string(.patientID) == same.string(.patientID))
        #expect(one.string(.patientID) != other.string(.patientID))
    }

    private static func study(
        _ patients: [(id: String, issuer: String)], _ option: ProfileOption = .retainModifiedDates
    ) throws -> [DataSet] {
        let headers = patients.enumerated().map { index, patient in
            var header = SyntheticDX.header(instance: index + 1)
            header.set(.patientID, .LO, patient.id)
            header[.issuerOfPatientID] = nil
            if !patient.issuer.isEmpty { header.set(.issuerOfPatientID, .LO, patient.issuer) }
            return header
        }
        let result = try deidentify(
            try SyntheticDX.study(headers), profile: try ProfileFileTests.with(option),
            pseudonyms: try SyntheticDX.pseudonyms()
        ).0
        return headers.indices.map { result.header(instance: $0).value }
    }

    @Test("one issuer in a study counts for its objects that name none")
    func issuer() throws {
        let results = try Self.study([("4711", ""), ("4711", "HOSP"), ("", "")])
        #expect(Set(results.map { $0.string(.studyDate) }) == ["20230415"])
        let pseudonym = try SyntheticDX.pseudonyms().patientID(issuer: "HOSP", patientID: "4711")
        #expect(results.prefix(2).allSatisfy { $0.string(.patientID) == pseudonym })
        #expect(try #require(results[2][.patientID]).isEmpty)
    }

    @Test(
        "dates that would move apart in one study do not move",
        arguments: [
            [("4711", "HOSP"), ("4712", "HOSP")], [("4711", "HOSP"), ("4711", "CLINIC")],
            [("4711", "HOSP"), ("4711", "CLINIC"), ("4711", "")], [("a1", ""), ("A1", "")],
        ])
    func several(patients: [(String, String)]) throws {
        #expect(throws: DeidentificationError(.patientAmbiguous, tag: .patientID)) { try Self.study(patients) }
        #expect(try Self.study(patients, .retainFullDates).count == patients.count)
    }
}
