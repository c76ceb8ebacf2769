import DICOM
import SecondOpinion
import Testing

@testable import Deidentification

@Suite("Names in a wrong character set or VR are known all the same")
struct DoubtfulTextTests {
    private static let name = Array("Quarzm".utf8) + [0xFC] + Array("ller^Heidrun".utf8)

    /// A header whose only name of the patient is this element, and kept values that hold parts of it.
    private static func kept(_ patientName: DataElement) throws -> DataSet {
        try SyntheticDX.deidentified { header in
            header[.patientName] = patientName
            header.set(.bodyPartExamined, .CS, "HEIDRUN")
            header.set(.manufacturerModelName, .LO, "Model of Heidrun Quarzmueller")
            header.set(.softwareVersions, .LO, "Heidruns")
        }
    }

    private static func expectNothing(of result: DataSet) {
        #expect(result[.bodyPartExamined] == nil && result[.manufacturerModelName] == nil)
        #expect(result[.softwareVersions] == nil)
    }

    @Test("bytes that no declared character set explains")
    func undecoded() throws {
        Self.expectNothing(of: try Self.kept(DataElement(.patientName, .PN, .undecodedText(Self.name))))
    }

    @Test("a name that the file calls long text, or unknown")
    func otherVR() throws {
        Self.expectNothing(of: try Self.kept(DataElement(.patientName, .LO, .text(["Quarzmüller^Heidrun"]))))
        Self.expectNothing(of: try Self.kept(DataElement(.patientName, .UN, .bytes(Self.name))))
    }

    @Test("the bytes themselves are known too, beside what they may say")
    func original() throws {
        var (decoded, undecoded) = (KnownIdentity(), KnownIdentity())
        try decoded.collect(from: DataSet([DataElement(.patientName, .PN, .text(["Quarzmüller^Heidrun"]))]))
        try undecoded.collect(from: DataSet([DataElement(.patientName, .PN, .undecodedText(Self.name))]))
        #expect(undecoded.count == decoded.count + 1)
    }

    @Test("UTF-8 that was declared to be Latin-1")
    func misread() {
        #expect(DoubtfulText.readings(of: "MÃ¼ller") == ["MÃ¼ller", "Müller"])
        #expect(DoubtfulText.readings(of: "Müller") == ["Müller"] && DoubtfulText.readings(of: "Jane") == ["Jane"])
        #expect(DoubtfulText.readings(of: Array("A\\B".utf8)) == ["A", "B", "A", "B"])
    }
}
