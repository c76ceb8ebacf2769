import Testing

@testable import DICOM

@Suite("CDCMTK builds, writes and visits files (PS3.10 §7, explicit VR little endian)")
struct BuildingTests {
    @Test("What DCMTK writes is read here as what was put, all VRs and nested sequences")
    func written() throws {
        let instance = try Generated.instance()
        var file = try DCMTKFile()
        try put(instance.dataSet.inUTF8(), into: &file)
        let again = try Instance(parsing: try file.serialized())
        #expect(again.dataSet == instance.dataSet.inUTF8())
        #expect(again.transferSyntax == .explicitVRLittleEndian)
        #expect(again.fileMeta.uid(.mediaStorageSOPInstanceUID) == instance.sopInstanceUID)
    }

    @Test("A visit shows every element in order, with the sequences around it")
    func visit() throws {
        var built = try DCMTKFile()
        try built.put(.sopClassUID, .UI, Array("1.2.840.10008.5.1.4.1.1.7\0".utf8))
        try built.put(.sopInstanceUID, .UI, Array("1.2\0".utf8))
        try built.beginSequence(.procedureCodeSequence)
        try built.beginItem()
        try built.put(.codeValue, .SH, Array("AB".utf8))
        try built.endItem()
        try built.beginItem()
        try built.endItem()
        try built.endSequence()
        try built.put(.rows, .US, [2, 1])
        var file = try DCMTKFile(reading: AcceptedFile(parsing: try built.serialized(), limits: .default))
        var events: [DCMTKFile.Event] = []
        while let event = try file.next() { events.append(event) }
        let shown = events.drop { if case .element(let tag, _, _) = $0 { tag.group == 2 } else { false } }
        #expect(
            Array(shown) == [
                .element(.sopClassUID, .UI, Array("1.2.840.10008.5.1.4.1.1.7\0".utf8)),
                .element(.sopInstanceUID, .UI, Array("1.2\0".utf8)), .sequence(.procedureCodeSequence, .SQ),
                .item, .element(.codeValue, .SH, Array("AB".utf8)), .itemEnd, .item, .itemEnd, .sequenceEnd,
                .element(.rows, .US, [2, 1]),
            ])
        #expect(events.count > shown.count)
    }

    @Test("A call that does not fit what was begun is refused")
    func misuse() throws {
        var file = try DCMTKFile()
        for call in [0, 1, 2] {
            #expect(throws: DICOMError(.valueDoesNotFitVR)) {
                switch call {
                case 0: try file.beginItem()
                case 1: try file.endItem()
                default: try file.endSequence()
                }
            }
        }
        try file.beginSequence(.procedureCodeSequence)
        #expect(throws: DICOMError.self) { try file.put(.rows, .US, [1, 0]) }
        #expect(throws: DICOMError.self) { try file.beginSequence(.procedureCodeSequence) }
        #expect(throws: DICOMError.self) { _ = try file.serialized() }
        try file.endSequence()
        #expect(throws: DICOMError.self, "twice") { try file.beginSequence(.procedureCodeSequence) }
        #expect(throws: DICOMError.self, "odd") { try file.put(.patientID, .LO, [0x41]) }
        #expect(throws: DICOMError.self, "a sequence has items") { try file.put(.procedureCodeSequence, .SQ, []) }
        #expect(throws: DICOMError.self, "no SOP Instance UID") { _ = try file.serialized() }
    }

    private func put(_ dataSet: DataSet, into file: inout DCMTKFile) throws {
        for element in dataSet {
            guard case .sequence(let items) = element.value else {
                try file.put(element.tag, element.vr, try ValueEncoder.encode(element))
                continue
            }
            try file.beginSequence(element.tag)
            for item in items {
                try file.beginItem()
                try put(item, into: &file)
                try file.endItem()
            }
            try file.endSequence()
        }
    }
}
