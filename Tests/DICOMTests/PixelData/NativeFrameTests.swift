import DICOM
import Testing

@Suite("PS3.5 §8.2: native pixels of every width")
struct NativeFrameTests {
    private func frame(
        rows: Int, columns: Int, samples: Int = 1, bits: Int, photometric: String = "MONOCHROME2",
        isSigned: Bool = false, _ bytes: [UInt8]
    ) -> EncodedFrame {
        EncodedFrame(
            transferSyntax: .explicitVRLittleEndian, rows: rows, columns: columns, samplesPerPixel: samples,
            bitsAllocated: bits, bitsStored: bits, highBit: bits - 1, isSigned: isSigned,
            photometricInterpretation: photometric, fragments: [bytes])
    }

    @Test("Single bits: the first pixel is the lowest bit")
    func bits() throws {
        let decoded = try InProcessFrameDecoder().decode(frame(rows: 2, columns: 5, bits: 1, [0b0100_0101, 0b10]))
        #expect(decoded.pixels == [1, 0, 1, 0, 0, 0, 1, 0, 0, 1])
        #expect(decoded.bytesPerSample == 1 && decoded.storedValue(at: 9) == 1)
    }

    @Test("Frames of single bits follow each other without padding")
    func bitFrames() throws {
        var dataSet = DataSet()
        for (tag, value) in [
            (Tag.rows, 1), (.columns, 5), (.samplesPerPixel, 1), (.bitsAllocated, 1), (.bitsStored, 1), (.highBit, 0),
            (.pixelRepresentation, 0),
        ] { dataSet.set(tag, .US, value) }
        dataSet.set(.photometricInterpretation, .CS, "MONOCHROME2")
        dataSet.set(.numberOfFrames, .IS, "3")
        var meta = DataSet()
        meta.set(.transferSyntaxUID, .UI, "1.2.840.10008.1.2.1")
        // 10110 01101 11001, lowest bit first.
        let instance = Instance(fileMeta: meta, dataSet: dataSet, pixelData: .native([0b1100_1101, 0b0100_1110]))
        let decoder = try InProcessFrameDecoder()
        #expect(try decoder.decode(instance.encodedFrame(0)).pixels == [1, 0, 1, 1, 0])
        #expect(try decoder.decode(instance.encodedFrame(1)).pixels == [0, 1, 1, 0, 1])
        #expect(try decoder.decode(instance.encodedFrame(2)).pixels == [1, 1, 0, 0, 1])
        dataSet.set(.numberOfFrames, .IS, "4")
        let short = Instance(fileMeta: meta, dataSet: dataSet, pixelData: .native([0b1100_1101, 0b0100_1110]))
        #expect(throws: DICOMError(.pixelDataTooShort, tag: .pixelData)) { try short.encodedFrame(3) }
    }

    @Test("32 bits, unsigned and signed")
    func wide() throws {
        let bytes: [UInt8] = [1, 2, 3, 4, 0xFE, 0xFF, 0xFF, 0xFF]
        let unsigned = try InProcessFrameDecoder().decode(frame(rows: 1, columns: 2, bits: 32, bytes))
        #expect(unsigned.storedValue(at: 0) == 0x0403_0201 && unsigned.storedValue(at: 1) == 0xFFFF_FFFE)
        let signed = try InProcessFrameDecoder().decode(frame(rows: 1, columns: 2, bits: 32, isSigned: true, bytes))
        #expect(signed.storedValue(at: 1) == -2)
    }

    @Test("Subsampled colour is made whole, each pair sharing its colour; an odd width is refused")
    func subsampled() throws {
        let bytes: [UInt8] = [10, 11, 100, 200, 12, 13, 101, 201]
        let decoded = try InProcessFrameDecoder().decode(
            frame(rows: 2, columns: 2, samples: 3, bits: 8, photometric: "YBR_FULL_422", bytes))
        #expect(decoded.pixels == [10, 100, 200, 11, 100, 200, 12, 101, 201, 13, 101, 201])
        #expect(decoded.photometricInterpretation == "YBR_FULL")
        #expect(throws: DICOMError(.invalidPixelAttribute, tag: .columns)) {
            try InProcessFrameDecoder().decode(
                frame(rows: 2, columns: 3, samples: 3, bits: 8, photometric: "YBR_FULL_422", bytes + bytes))
        }
    }

    @Test("Colour that exists in compressed streams only, and widths that no codec has, are refused")
    func refused() throws {
        #expect(throws: DICOMError(.invalidPixelAttribute, tag: .photometricInterpretation)) {
            try InProcessFrameDecoder().decode(
                frame(rows: 1, columns: 2, samples: 3, bits: 8, photometric: "YBR_ICT", [1, 2, 3, 4, 5, 6]))
        }
        var packed = frame(rows: 8, columns: 8, bits: 1, [UInt8](repeating: 1, count: 8))
        packed.transferSyntax = .jpeg2000Lossless
        #expect(throws: DICOMError(.invalidPixelAttribute, tag: .bitsAllocated)) {
            try InProcessFrameDecoder().decode(packed)
        }
    }

    @Test(
        "A syntax that is not decoded here is refused by its name, before anything else",
        arguments: [
            "1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.1.98",
            "1.2.840.10008.1.2.8.1", "1.2.3.4",
        ])
    func unknown(uid: String) throws {
        var frame = frame(rows: 0, columns: 0, bits: 8, [])
        frame.transferSyntax = TransferSyntax(try #require(UID(uid)))
        #expect(!frame.transferSyntax.isDecodable && frame.transferSyntax.isLossy == nil)
        #expect(throws: DICOMError(.unsupportedTransferSyntax, tag: .transferSyntaxUID)) {
            try InProcessFrameDecoder().decode(frame)
        }
    }
}

@Suite("How much a stream may unfold to")
struct DecompressionRatioTests {
    private func frame(_ syntax: TransferSyntax, side: Int, bytes: Int) -> EncodedFrame {
        EncodedFrame(
            transferSyntax: syntax, rows: side, columns: side, bitsAllocated: 16, bitsStored: 16, highBit: 15,
            photometricInterpretation: "MONOCHROME2", fragments: [[UInt8](repeating: 0, count: bytes)])
    }

    @Test("A stream too short for its codec's least code is no image")
    func least() throws {
        for (syntax, bytes) in [
            (TransferSyntax.rleLossless, 31_249), (.jpegLosslessSV1, 124_999), (.jpegLossless, 124_999),
            (.jpegExtended, 1_952), (.jpegBaseline, 1_952),
        ] {
            #expect(throws: DICOMError(.pixelDataTooShort, tag: .pixelData)) {
                try frame(syntax, side: 1_000, bytes: bytes).check()
            }
            try frame(syntax, side: 1_000, bytes: bytes + 1).check()
        }
    }

    @Test("Above 64 MiB a stream must say something: 1,024 pixels' bytes for each of its own")
    func ratio() throws {
        for syntax in [TransferSyntax.jpeg2000Lossless, .htj2k, .jpegLSLossless] {
            try frame(syntax, side: 5_792, bytes: 10).check()
            #expect(throws: DICOMError(.decompressionRatioTooHigh, tag: .pixelData)) {
                try frame(syntax, side: 6_000, bytes: 70_312).check()
            }
            try frame(syntax, side: 6_000, bytes: 70_313).check()
        }
    }
}
