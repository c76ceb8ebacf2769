import DICOM
import Testing

@testable import Deidentification

@Suite("Compressed streams with more bits than Bits Stored (PS3.5 §8.1.2)")
struct StreamPrecisionTests {
    /// PS3.5 Annex G with literal runs only.
    private static func runLength(_ cells: [UInt16]) -> [UInt8] {
        func segment(_ bytes: [UInt8]) -> [UInt8] {
            var packed: [UInt8] = []
            for start in stride(from: 0, to: bytes.count, by: 128) {
                let part = bytes[start..<min(start + 128, bytes.count)]
                packed += [UInt8(part.count - 1)] + part
            }
            return packed + (packed.count % 2 == 1 ? [0] : [])
        }
        let high = segment(cells.map { UInt8($0 >> 8) })
        let second = 64 + high.count
        let header: [UInt8] = [2, 0, 0, 0, 64, 0, 0, 0, UInt8(second & 0xFF), UInt8(second >> 8), 0, 0]
        return header + [UInt8](repeating: 0, count: 52) + high + segment(cells.map { UInt8($0 & 0xFF) })
    }

    private static func little(_ cells: [UInt16]) -> [UInt8] { cells.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } }

    private static let image = (0..<256).map { UInt16($0 * 29 & 0x0FFF) }
    /// An overlay in bits 12 to 15 of one row.
    private static let planted = image.enumerated().map { $0 / 16 == 5 ? $1 | 0xA000 : $1 }

    private static func study(_ cells: [UInt16], signed: Bool = false) throws -> Study {
        var instance = try SyntheticDX.instance()
        instance.fileMeta.set(.transferSyntaxUID, TransferSyntax.rleLossless.uid)
        if signed { instance.dataSet.set(.pixelRepresentation, .US, 1) }
        instance.pixelData = .encapsulated(offsets: [], fragments: [runLength(cells)])
        return Study(studyInstanceUID: try #require(UID(SyntheticDX.uid)), instances: [instance])
    }

    private static func result(_ study: Study, _ decoder: (any FrameDecoder)?) throws -> Instance {
        try deidentify(
            study, pseudonyms: try SyntheticDX.pseudonyms(), pixels: decoder.map { PixelReader(decoder: $0) }
        ).0.value.instances[0]
    }

    @Test("What stands above the samples makes the image native, without it")
    func planted() throws {
        let result = try Self.result(try Self.study(Self.planted), try DCMTKFrameDecoder())
        #expect(result.transferSyntax == .explicitVRLittleEndian)
        #expect(result.pixelData == .native(Self.little(Self.image)))
    }

    @Test("Without a decoder such an image is refused")
    func refused() throws {
        #expect(throws: DeidentificationError(.pixelDataNotCleanable, instance: 0, tag: .bitsStored)) {
            try Self.result(try Self.study(Self.planted), nil)
        }
        let cleaner = try FrameCleaner(
            header: UnusedBitsTests.header(allocated: 16, stored: 12, high: 11), transferSyntax: .jpegLossless)
        let frame = EncodedFrame(
            transferSyntax: .jpegLossless, rows: 4, columns: 4, bitsAllocated: 16, bitsStored: 12, highBit: 11,
            photometricInterpretation: "MONOCHROME2", fragments: [[0xFF, 0xD8]])
        #expect(throws: DeidentificationError(.pixelDataNotCleanable, tag: .bitsStored)) {
            try cleaner.holdsMore(frame, decoder: try DCMTKFrameDecoder())
        }
    }

    @Test("Bits that are zero, or the sign, tell nothing: the stream stays as it is and needs no decoder")
    func silent() throws {
        let signed = Self.image.map { $0 & 0x0800 == 0 ? $0 : $0 | 0xF000 }
        for (cells, isSigned) in [(Self.image, false), (signed, true), (Self.image, true)] {
            let result = try Self.result(try Self.study(cells, signed: isSigned), nil)
            #expect(result.transferSyntax == .rleLossless)
            #expect(result.pixelData == .encapsulated(offsets: [], fragments: [Self.runLength(cells)]))
        }
    }

    @Test("A sign in some samples and zeros in others could be read: it is cleared")
    func mixedSigns() throws {
        let mixed = Self.image.enumerated().map { $0 < 128 && $1 & 0x0800 != 0 ? $1 | 0xF000 : $1 }
        let wanted = Self.image.map { $0 & 0x0800 == 0 ? $0 : $0 | 0xF000 }
        let result = try Self.result(try Self.study(mixed, signed: true), try DCMTKFrameDecoder())
        #expect(result.pixelData == .native(Self.little(wanted)))
    }

    @Test("Precision is read where each kind of stream has it, and a stream without is refused")
    func precision() throws {
        func cleaner(_ syntax: TransferSyntax) throws -> FrameCleaner {
            try FrameCleaner(
                header: UnusedBitsTests.header(allocated: 16, stored: 12, high: 11), transferSyntax: syntax)
        }
        func jpeg(_ marker: UInt8, _ bits: UInt8) -> [UInt8] {
            [0xFF, 0xD8, 0xFF, 0xC4, 0, 3, 0, 0xFF, marker, 0, 11, bits, 0, 4, 0, 4, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 8]
        }
        func codestream(_ bits: UInt8) -> [UInt8] {
            [0xFF, 0x4F, 0xFF, 0x51, 0, 41] + [UInt8](repeating: 0, count: 34) + [0, 1, bits - 1, 1, 1, 0xFF, 0x52]
        }
        for bits: UInt8 in [8, 12, 13, 16] {
            for marker: UInt8 in [0xC1, 0xC3, 0xF7] {
                #expect(try cleaner(.jpegLossless).mayHoldMore(stream: jpeg(marker, bits)) == (bits > 12))
            }
            #expect(try cleaner(.jpeg2000).mayHoldMore(stream: codestream(bits)) == (bits > 12))
            #expect(try cleaner(.jpeg2000).mayHoldMore(stream: codestream(bits | 0x80)) == (bits > 12))
        }
        for (syntax, stream) in [(.jpegLossless, codestream(16)), (.jpeg2000, jpeg(0xC3, 16))]
            as [(
                TransferSyntax, [UInt8]
            )]
        {
            #expect(throws: DeidentificationError(.pixelDataNotCleanable, tag: .pixelData)) {
                try cleaner(syntax).mayHoldMore(stream: stream)
            }
        }
    }
}
