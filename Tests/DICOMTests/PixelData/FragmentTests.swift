import DICOM
import Testing

@Suite("PS3.5 §A.4: which fragments make a frame")
struct FragmentTests {
    private static let fragments: [[UInt8]] = [[1, 1], [2, 2, 2, 2], [3, 3], [4, 4]]

    private func instance(frames: Int, offsets: [Int], fragments: [[UInt8]] = fragments) -> Instance {
        var dataSet = DataSet()
        for (tag, value) in [
            (Tag.rows, 2), (.columns, 2), (.samplesPerPixel, 1), (.bitsAllocated, 8), (.bitsStored, 8), (.highBit, 7),
            (.pixelRepresentation, 0),
        ] { dataSet.set(tag, .US, value) }
        dataSet.set(.photometricInterpretation, .CS, "MONOCHROME2")
        dataSet.set(.numberOfFrames, .IS, "\(frames)")
        var fileMeta = DataSet()
        fileMeta.set(.transferSyntaxUID, .UI, "1.2.840.10008.1.2.4.50")
        let table = offsets.flatMap { Build.uint32(UInt32($0)) }
        return Instance(
            fileMeta: fileMeta, dataSet: dataSet, pixelData: .encapsulated(offsets: table, fragments: fragments))
    }

    @Test("One frame takes all fragments, whatever the offset table says")
    func single() throws {
        #expect(try instance(frames: 1, offsets: []).encodedFrame().fragments == Self.fragments)
        #expect(try instance(frames: 1, offsets: [0]).encodedFrame().fragments == Self.fragments)
    }

    @Test("As many fragments as frames are one each, with an empty offset table")
    func oneEach() throws {
        for index in 0..<4 {
            #expect(
                try instance(frames: 4, offsets: []).encodedFrame(index).fragments == [Self.fragments[index]])
        }
    }

    @Test("The offset table counts item headers: it points at items, from the first after itself")
    func table() throws {
        // Fragments begin at 0, 10, 22 and 32.
        let instance = instance(frames: 2, offsets: [0, 22])
        #expect(try instance.encodedFrame(0).fragments == [[1, 1], [2, 2, 2, 2]])
        #expect(try instance.encodedFrame(1).fragments == [[3, 3], [4, 4]])
    }

    @Test("Frames that no table separates are refused, and a table that points at nothing gives no frame")
    func unassignable() throws {
        for offsets in [[], [0], [0, 10, 22]] {
            #expect(throws: DICOMError(.unsupportedTransferSyntax, tag: .pixelData)) {
                try instance(frames: 2, offsets: offsets).encodedFrame()
            }
        }
        #expect(throws: DICOMError(.pixelDataTooShort, tag: .pixelData)) {
            try instance(frames: 2, offsets: [0, 4_000]).encodedFrame(1)
        }
        #expect(throws: DICOMError(.pixelDataTooShort, tag: .pixelData)) {
            try instance(frames: 1, offsets: [], fragments: []).encodedFrame()
        }
        #expect(throws: DICOMError(.noSuchFrame, tag: .numberOfFrames)) {
            try instance(frames: 2, offsets: [0, 22]).encodedFrame(2)
        }
    }
}
