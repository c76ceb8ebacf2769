import DICOM
import Testing

@testable import Sandbox

struct PhantomInstanceTests {
    private static let header = RadiographHeader(
        patientID: "P-1", patientIssuer: "HOSP", familyName: "Müller-Probe", givenName: "Ida", birthDate: "20230514",
        sex: "F", accessionNumber: "A-77", accessionIssuer: "RIS", requestedProcedureID: "RP-9",
        procedureDescription: "XR Chest AP", studyInstanceUID: "2.25.11", seriesInstanceUID: "2.25.12",
        sopInstanceUID: "2.25.13", studyDate: "20261121", studyTime: "093000")

    private static func read(_ header: RadiographHeader, _ picture: PhantomInstance.Picture) throws -> Instance {
        try Instance(parsing: PhantomInstance(header: header, picture: picture).file())
    }

    @Test func `PS3.3 A.26: a DX file is read again with all that was said and every pixel`() throws {
        let image = ChestPhantom(seed: 1).radiograph(.anteroPosterior, side: 121)
        let instance = try Self.read(Self.header, .radiograph(image))
        let dataSet = instance.dataSet
        #expect(instance.sopClassUID == .digitalXRayImageStorageForPresentation)
        #expect(instance.transferSyntax == .explicitVRLittleEndian)
        #expect(dataSet.string(.patientID) == "P-1")
        #expect(dataSet.string(.issuerOfPatientID) == "HOSP")
        #expect(dataSet.string(.patientName) == "Müller-Probe^Ida")
        #expect(dataSet.string(.patientBirthDate) == "20230514")
        #expect(dataSet.string(.patientAge) == "003Y")
        #expect(dataSet.string(.patientSex) == "F")
        #expect(dataSet.string(.accessionNumber) == "A-77")
        #expect(dataSet.items(.issuerOfAccessionNumberSequence).first?.string(.localNamespaceEntityID) == "RIS")
        #expect(dataSet.items(.requestAttributesSequence).first?.string(.requestedProcedureID) == "RP-9")
        #expect(dataSet.string(.studyDescription) == "XR Chest AP")
        #expect(instance.studyInstanceUID?.value == "2.25.11")
        #expect(instance.seriesInstanceUID?.value == "2.25.12")
        #expect(instance.sopInstanceUID?.value == "2.25.13")
        #expect(dataSet.string(.modality) == "DX")
        #expect(dataSet.string(.viewPosition) == "AP")
        #expect(dataSet.strings(.patientOrientation) == ["L", "F"])
        #expect(dataSet.string(.burnedInAnnotation) == "NO")
        #expect(image.pixels.count % 2 == 1, "an odd number, so that the padding is tested")
        #expect(try instance.encodedFrame().fragments == [image.pixels])
    }

    @Test func `a lateral view says so in position, orientation and code`() throws {
        var header = Self.header
        header.view = .leftLateral
        let image = ChestPhantom(seed: 1).radiograph(.lateral, side: 96)
        let dataSet = try Self.read(header, .radiograph(image)).dataSet
        #expect(dataSet.string(.viewPosition) == "LL")
        #expect(dataSet.strings(.patientOrientation) == ["P", "F"])
        #expect(dataSet.items(.viewCodeSequence).first?.string(.codeValue) == "399173006")
    }

    @Test func `PS3.3 A.2: the same picture as CR has no elements of DX`() throws {
        var header = Self.header
        header.modality = .computedRadiography
        let dataSet = try Self.read(
            header, .radiograph(ChestPhantom(seed: 1).radiograph(.anteroPosterior, side: 96))
        ).dataSet
        #expect(dataSet.uid(.sopClassUID) == .computedRadiographyImageStorage)
        #expect(dataSet.string(.modality) == "CR")
        #expect(dataSet[.presentationIntentType] == nil)
    }

    @Test func `PS3.3 A.3: a CT image keeps its Hounsfield units, negative ones too`() throws {
        let slice = ChestPhantom(seed: 1).transverseSlice(side: 64)
        let instance = try Self.read(Self.header, .slice(slice))
        #expect(instance.dataSet.string(.modality) == "CT")
        #expect(instance.dataSet.int(.pixelRepresentation) == 1)
        let bytes = try #require(try instance.encodedFrame().fragments.first)
        let stored = stride(from: 0, to: bytes.count, by: 2).map {
            Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
        }
        #expect(stored == slice.hounsfield)
        #expect(stored.contains { $0 < -900 })
    }

    @Test(arguments: [
        ("20230514", "20261121", "003Y"), ("20231122", "20261121", "002Y"), ("20231121", "20261121", "003Y"),
        ("20250514", "20261121", "018M"), ("20261121", "20261121", "000M"), ("19260101", "20261121", "100Y"),
    ])
    func `PS3.5 6.2: the age on the day of the study`(born: String, studied: String, age: String) {
        var header = Self.header
        (header.birthDate, header.studyDate) = (born, studied)
        #expect(header.patientAge == age)
    }

    @Test(arguments: ["", "2023", "20270101", "2023-5-4", "yyyymmdd"])
    func `no age is claimed from a date that is none or lies after the study`(born: String) {
        var header = Self.header
        header.birthDate = born
        #expect(header.patientAge == nil)
    }

    @Test func `a UID that is none is refused and not written`() {
        var header = Self.header
        header.sopInstanceUID = "not a uid"
        let image = GreyImage(rows: 1, columns: 2, spacing: 1, pixels: [1, 2])
        #expect(throws: DICOMError.self) { try PhantomInstance(header: header, picture: .radiograph(image)).file() }
    }

    @Test(arguments: [
        (0.4453125, "0.445"), (-12.5, "-12.500"), (0, "0.000"), (-0.0001, "0.000"), (131.0004, "131.000"),
    ])
    func `PS3.5 6.2: decimal strings`(value: Double, text: String) {
        #expect(PhantomInstance.decimal(value) == text)
    }
}
