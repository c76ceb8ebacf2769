import DICOM
import Deidentification
import Testing

@Suite("PS3.5 §8.1: native pixels")
struct UnusedBitsTests {
    static func header(
        allocated: Int, stored: Int, high: Int, signed: Bool = false, rows: Int = 4, columns: Int = 4, samples: Int = 1,
        frames: Int = 1, photometric: String = "MONOCHROME2"
    ) -> DataSet {
        var header = DataSet()
        header.set(.rows, .US, rows)
        header.set(.columns, .US, columns)
        header.set(.samplesPerPixel, .US, samples)
        header.set(.photometricInterpretation, .CS, photometric)
        header.set(.bitsAllocated, .US, allocated)
        header.set(.bitsStored, .US, stored)
        header.set(.highBit, .US, high)
        header.set(.pixelRepresentation, .US, signed ? 1 : 0)
        header.set(.numberOfFrames, .IS, "\(frames)")
        return header
    }

    /// PS3.5 §8.1.1 in words: the sample's bits stay, those above are its sign or zero, those below zero.
    private func expected(_ cell: UInt64, allocated: Int, stored: Int, high: Int, signed: Bool) -> UInt64 {
        var result: UInt64 = 0
        for bit in 0..<allocated {
            let source = bit > high ? (signed ? high : nil) : (bit > high - stored ? bit : nil)
            if let source, cell >> UInt64(source) & 1 == 1 { result |= 1 << UInt64(bit) }
        }
        return result
    }

    private func little(_ cells: [UInt64], _ allocated: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for cell in cells {
            for shift in stride(from: 0, to: allocated, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: cell >> UInt64(shift)))
            }
        }
        return bytes
    }

    @Test(
        "Every bit outside a sample becomes its sign or zero, and none of the sample changes",
        arguments: [8, 16, 32, 64])
    func allLayouts(allocated: Int) throws {
        let seed = UInt64(0x5EED_0001 + allocated)
        var generator = SplitMix(state: seed)
        for stored in 1...allocated {
            for high in Set([stored - 1, allocated - 1]) {
                for signed in [false, true] {
                    let whole: UInt64 = .max >> UInt64(64 - allocated)
                    let cells = (0..<67).map { _ in generator.next() & whole }
                    var bytes = little(cells, allocated)
                    let wanted = little(
                        cells.map { cell in
                            expected(cell, allocated: allocated, stored: stored, high: high, signed: signed)
                        }, allocated)
                    let cleaner = try FrameCleaner(
                        header: Self.header(allocated: allocated, stored: stored, high: high, signed: signed),
                        transferSyntax: .explicitVRLittleEndian)
                    cleaner.clean(native: &bytes)
                    #expect(bytes == wanted, "\(allocated) \(stored) \(high) \(signed), seed \(seed)")
                }
            }
        }
    }

    @Test("Bytes behind the last frame are cut off; too few are refused")
    func trailing() throws {
        let cleaner = try FrameCleaner(
            header: Self.header(allocated: 8, stored: 8, high: 7, rows: 3, columns: 3, frames: 3),
            transferSyntax: .implicitVRLittleEndian)
        let pixels = [UInt8](0..<27)
        #expect(cleaner.way == .asIs && cleaner.frameLength == 9 && cleaner.nativeLength == 27)
        #expect(try cleaner.clean(.native(pixels + Array("JANE".utf8))) == .native(pixels))
        #expect(throws: DeidentificationError(.pixelDataNotCleanable, tag: .pixelData)) {
            try cleaner.clean(.native(Array(pixels.dropLast())))
        }
    }

    @Test("Subsampled colour and single bits have the length that PS3.3 C.7.6.3.1.2 and PS3.5 §8.1.1 give them")
    func lengths() throws {
        func length(_ header: DataSet) throws -> Int {
            try FrameCleaner(header: header, transferSyntax: .explicitVRLittleEndian).nativeLength
        }
        #expect(
            try length(Self.header(allocated: 8, stored: 8, high: 7, samples: 3, photometric: "YBR_FULL_422")) == 32)
        #expect(try length(Self.header(allocated: 8, stored: 8, high: 7, samples: 3, photometric: "RGB")) == 48)
        #expect(try length(Self.header(allocated: 1, stored: 1, high: 0, rows: 3, columns: 3, frames: 2)) == 3)
    }

    @Test("Floating point pixels, packed samples and contradictions are refused with their tag")
    func refused() throws {
        var float = Self.header(allocated: 32, stored: 32, high: 31)
        float[.floatPixelData] = DataElement(.floatPixelData, .OF, .bytes([0, 0, 0, 0]))
        var packed = Self.header(allocated: 12, stored: 12, high: 11)
        packed.set(.bitsAllocated, .US, 12)
        var endless = Self.header(allocated: 16, stored: 16, high: 15)
        endless.set(.numberOfFrames, .IS, "99999999999")
        let cases: [(DataSet, Tag)] = [
            (float, .floatPixelData), (packed, .bitsAllocated), (endless, .numberOfFrames),
            (Self.header(allocated: 16, stored: 12, high: 10), .highBit),
            (Self.header(allocated: 16, stored: 17, high: 16), .bitsStored),
            (Self.header(allocated: 16, stored: 12, high: 11, rows: 0), .rows),
        ]
        for (header, tag) in cases {
            #expect(throws: DeidentificationError(.pixelDataNotCleanable, tag: tag)) {
                try FrameCleaner(header: header, transferSyntax: .explicitVRLittleEndian)
            }
        }
    }

    @Test(
        "A compressed syntax whose streams are not understood is refused",
        arguments: [
            "1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.102",
            "1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.205", "1.2.3",
        ])
    func unknownSyntax(uid: String) throws {
        let syntax = TransferSyntax(try #require(UID(uid)))
        #expect(throws: DeidentificationError(.pixelDataNotCleanable, tag: .transferSyntaxUID)) {
            try FrameCleaner(header: Self.header(allocated: 8, stored: 8, high: 7), transferSyntax: syntax)
        }
    }
}

/// Repeatable numbers (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
