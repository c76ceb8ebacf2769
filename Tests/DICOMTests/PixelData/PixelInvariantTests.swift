import DICOM
import Testing

@Suite("PS3.3 C.7.6.3.1: pixel attributes that contradict each other are refused before decoding")
struct PixelInvariantTests {
    private static let good = EncodedFrame(
        transferSyntax: .explicitVRLittleEndian, rows: 2, columns: 3, bitsAllocated: 16, bitsStored: 12, highBit: 11,
        photometricInterpretation: "MONOCHROME2", fragments: [Array(0..<12)])

    @Test("A consistent frame decodes; stored values are masked and sign extended")
    func consistent() throws {
        let frame = try DCMTKFrameDecoder().decode(Self.good)
        #expect(frame.pixels == Array(0..<12))
        #expect(frame.storedValue(at: 1) == 0x302)
        let signed = try #require(
            Frame(
                rows: 1, columns: 1, bitsAllocated: 16, bitsStored: 12, isSigned: true,
                photometricInterpretation: "MONOCHROME2", pixels: [0xFF, 0xFF]))
        #expect(signed.storedValue(at: 0) == -1)
    }

    @Test("Each broken relation names its attribute")
    func broken() throws {
        let mutations: [(Tag, (inout EncodedFrame) -> Void)] = [
            (.rows, { $0.rows = 0 }), (.columns, { $0.columns = 70_000 }),
            (.samplesPerPixel, { $0.samplesPerPixel = 2 }),
            (.bitsAllocated, { $0.bitsAllocated = 24 }), (.bitsStored, { $0.bitsStored = 17 }),
            (.bitsStored, { $0.bitsStored = 0 }), (.highBit, { $0.highBit = 10 }), (.highBit, { $0.highBit = 16 }),
            (.photometricInterpretation, { $0.photometricInterpretation = "RGB" }),
        ]
        for (tag, mutate) in mutations {
            var frame = Self.good
            mutate(&frame)
            #expect(throws: DICOMError(.invalidPixelAttribute, tag: tag)) { try DCMTKFrameDecoder().decode(frame) }
        }
        var huge = Self.good
        (huge.rows, huge.columns) = (65_535, 65_535)
        #expect(throws: DICOMError(.tooManyPixels, tag: .rows)) { try DCMTKFrameDecoder().decode(huge) }
        var short = Self.good
        short.rows = 3
        #expect(throws: DICOMError(.pixelDataTooShort, tag: .pixelData)) { try DCMTKFrameDecoder().decode(short) }
    }

    @Test("Colour by plane becomes colour by pixel (C.7.6.3.1.3)")
    func planes() throws {
        let frame = EncodedFrame(
            transferSyntax: .explicitVRLittleEndian, rows: 1, columns: 2, samplesPerPixel: 3, bitsAllocated: 8,
            bitsStored: 8, highBit: 7, photometricInterpretation: "RGB", isPlanar: true,
            fragments: [[1, 2, 3, 4, 5, 6]])
        #expect(try DCMTKFrameDecoder().decode(frame).pixels == [1, 3, 5, 2, 4, 6])
    }

    @Test("A built grey instance is written, read and decoded to the same pixels")
    func built() throws {
        var header = DataSet()
        header.set(.sopClassUID, .digitalXRayImageStorageForPresentation)
        header.set(.sopInstanceUID, .UI, "1.2.3")
        let frame = try #require(
            Frame(
                rows: 2, columns: 2, bitsAllocated: 16, bitsStored: 12, photometricInterpretation: "MONOCHROME1",
                pixels: [0, 1, 2, 3, 4, 5, 6, 7]))
        let instance = try Instance(parsing: try Instance(header: header, frame: frame).serialized())
        #expect(try DCMTKFrameDecoder().decode(instance.encodedFrame()) == frame)
        #expect(throws: DICOMError(.noSuchFrame, tag: .numberOfFrames)) { try instance.encodedFrame(1) }
    }
}
