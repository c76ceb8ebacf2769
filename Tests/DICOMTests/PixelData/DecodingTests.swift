import DICOM
import Sealing
import Testing

@Suite("PS3.5 §8 and Annex A.4: pixels", .enabled(if: Shared.isPresent))
struct DecodingTests {
    /// Files whose pixels are not there, and why.
    static let refused: [String: DICOMError.Code] = [
        "chrJapMulti.dcm": .noPixelData, "rtplan.dcm": .noPixelData, "test-SR.dcm": .noPixelData,
    ]

    @Test("Decoded pixels are those of pydicom", arguments: SampleRow.all.filter { $0.pixels != "-" })
    func decoded(row: SampleRow) throws {
        let frame = try frame(row.file)
        if row.pixels.hasPrefix("sum:"), let expected = Int(row.pixels.dropFirst(4)) {
            let samples = frame.rows * frame.columns * frame.samplesPerPixel
            let sum = (0..<samples).reduce(0) { $0 + frame.storedValue(at: $1) }
            #expect(abs(sum - expected) <= samples / 20, "more than 0.05 of a grey level on average")
        } else {
            #expect(Digest.sha256(storedValues(frame)).hex == row.pixels)
        }
    }

    @Test(
        "JPEG extended with 12 bits decodes to values within Bits Stored",
        arguments: [
            "JPEG-lossy.dcm", "hip_cr_jpegext12_mono2_10bit.dcm", "xa_jpegext12_mono2.dcm",
        ])
    func extended(name: String) throws {
        let frame = try frame(name)
        let values = (0..<(frame.rows * frame.columns)).map { frame.storedValue(at: $0) }
        #expect(Set(values.prefix(100_000)).count > 16)
        #expect((values.max() ?? 0) < 1 << frame.bitsStored)
    }

    @Test("What cannot be decoded is refused with its reason", arguments: refused.sorted { $0.key < $1.key })
    func refusal(name: String, code: DICOMError.Code) throws {
        do {
            _ = try frame(name)
            Issue.record("decoded \(name)")
        } catch let error as DICOMError {
            #expect(error.code == code)
        }
    }

    @Test("A codec is not asked when its stream says another size than the data set")
    func disagreement() throws {
        var encoded = try Instance(parsing: Shared.bytes("chest_pa_adult_jpegbaseline_mono2_8bit.dcm")).encodedFrame()
        encoded.rows -= 1
        #expect(throws: DICOMError(.decodeFailed, tag: .pixelData)) { try InProcessFrameDecoder().decode(encoded) }
    }

    @Test(
        "Up to 800 mutated streams of each codec: an answer or an error, never a crash",
        arguments: [
            "MR_small_jpeg_ls_lossless.dcm", "SC_rgb_rle.dcm", "JPEG-lossy.dcm", "JPEG2000.dcm",
            "chest_pa_adult_jpegbaseline_mono2_8bit.dcm",
        ])
    func mutations(name: String) throws {
        let seed: UInt64 = 20_261_121
        print("decode mutations of \(name): seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let decoder = try InProcessFrameDecoder()
        let original = try Instance(parsing: Shared.bytes(name)).encodedFrame()
        let rounds = original.rows * original.columns > 500_000 ? 40 : 800
        var answered = 0
        for _ in 0..<rounds {
            var frame = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let fragment = Int.random(in: 0..<frame.fragments.count, using: &generator)
                guard !frame.fragments[fragment].isEmpty else { continue }
                let place = Int.random(in: 0..<frame.fragments[fragment].count, using: &generator)
                if Bool.random(using: &generator) {
                    frame.fragments[fragment][place] = UInt8.random(in: 0...255, using: &generator)
                } else {
                    frame.fragments[fragment].removeSubrange(place...)
                }
            }
            if let decoded = try? decoder.decode(frame) {
                answered += 1
                #expect(
                    decoded.pixels.count == original.rows * original.columns * original.samplesPerPixel
                        * original.bitsAllocated / 8)
            }
        }
        print("decoded \(answered) of \(rounds)")
    }

    /// Samples as pydicom gives them: masked and sign extended, in the allocated width.
    private func storedValues(_ frame: Frame) -> [UInt8] {
        guard frame.bitsAllocated == 16 else { return frame.pixels }
        return (0..<(frame.pixels.count / 2)).flatMap { index in
            let value = UInt16(truncatingIfNeeded: frame.storedValue(at: index))
            return [UInt8(value & 0xFF), UInt8(value >> 8)]
        }
    }

    private func frame(_ name: String) throws -> Frame {
        try InProcessFrameDecoder().decode(try Instance(parsing: Shared.bytes(name)).encodedFrame())
    }
}
