import DICOM
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
}
