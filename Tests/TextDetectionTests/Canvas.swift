import DICOM
import Testing

@testable import TextDetection

/// One detector for all tests: loading the language takes a while.
enum Recognition {
    static let detector: TesseractTextDetector? = try? TesseractTextDetector(decoder: NativeFrames())

    static var isPresent: Bool {
        if detector == nil { print("SKIPPED: no libtesseract5 with tesseract-ocr-eng on this machine") }
        return detector != nil
    }

    static func words(_ frame: Frame) throws -> [DetectedWord] {
        try #require(detector).words(in: EncodedFrame(frame))
    }
}

/// Native frames only: these tests look at nothing else.
private struct NativeFrames: FrameDecoder {
    func decode(_ frame: EncodedFrame) throws(DICOMError) -> Frame {
        guard
            let decoded = Frame(
                rows: frame.rows, columns: frame.columns, samplesPerPixel: frame.samplesPerPixel,
                bitsAllocated: frame.bitsAllocated, bitsStored: frame.bitsStored, isSigned: frame.isSigned,
                photometricInterpretation: frame.photometricInterpretation, pixels: frame.fragments.first ?? [])
        else { throw DICOMError(.decodeFailed) }
        return decoded
    }
}

extension EncodedFrame {
    init(_ frame: Frame) {
        self.init(
            transferSyntax: .explicitVRLittleEndian, rows: frame.rows, columns: frame.columns,
            samplesPerPixel: frame.samplesPerPixel, bitsAllocated: frame.bitsAllocated, bitsStored: frame.bitsStored,
            highBit: frame.highBit, isSigned: frame.isSigned,
            photometricInterpretation: frame.photometricInterpretation, fragments: [frame.pixels])
    }
}

/// What text is written on.
enum Ground: CaseIterable { case dark, light, gradient, noise }

/// A made-up picture to write on.
struct Canvas {
    var pixels: [UInt8]
    static let side = 320

    init(ground: Ground) {
        // A fixed row of numbers, so that a failure can be repeated.
        var state: UInt32 = 0x2545_F491
        pixels = (0..<(Self.side * Self.side)).map { index in
            state = state &* 1_664_525 &+ 1_013_904_223
            let noise = Int(state >> 24) % 12
            return switch ground {
            case .dark: 8
            case .light: 220
            case .gradient: UInt8(clamping: 20 + (index % Self.side + index / Self.side) / 6 + noise / 4)
            case .noise: UInt8(clamping: 90 + noise)
            }
        }
    }

    mutating func write(_ text: String, left: Int, top: Int, scale: Int, contrast: Int) {
        for (position, character) in text.enumerated() {
            guard let rows = Glyphs.rows[character] else { continue }
            for row in 0..<(7 * scale) {
                for column in 0..<(5 * scale) where rows[row / scale] >> (4 - column / scale) & 1 == 1 {
                    let index = (top + row) * Self.side + left + position * 6 * scale + column
                    pixels[index] = UInt8(clamping: Int(pixels[index]) + contrast)
                }
            }
        }
    }

    /// A quarter turn.
    var turned: Canvas {
        var result = self
        for row in 0..<Self.side {
            for column in 0..<Self.side {
                result.pixels[(Self.side - 1 - column) * Self.side + row] = pixels[row * Self.side + column]
            }
        }
        return result
    }

    func frame() throws -> Frame {
        try #require(
            Frame(
                rows: Self.side, columns: Self.side, bitsAllocated: 8, bitsStored: 8,
                photometricInterpretation: "MONOCHROME2", pixels: pixels))
    }

    /// Twelve bits, signed.
    func frame16() throws -> Frame {
        try #require(
            Frame(
                rows: Self.side, columns: Self.side, bitsAllocated: 16, bitsStored: 12, isSigned: true,
                photometricInterpretation: "MONOCHROME1",
                pixels: pixels.flatMap { value in
                    let word = UInt16(truncatingIfNeeded: (Int(value) - 128) * 16)
                    return [UInt8(word & 0xFF), UInt8(word >> 8)]
                }))
    }

    /// Sixteen bits, a twelfth of their range; `far` pixels hold the highest value, in a corner.
    func frameWithFarPixels(_ far: Int) throws -> Frame {
        var values = pixels.map { UInt16($0) * 20 }
        for index in 0..<far { values[index / 8 * Self.side + index % 8] = .max }
        return try #require(
            Frame(
                rows: Self.side, columns: Self.side, bitsAllocated: 16, bitsStored: 16,
                photometricInterpretation: "MONOCHROME2", pixels: values.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
        )
    }

    func frameRGB() throws -> Frame {
        try #require(
            Frame(
                rows: Self.side, columns: Self.side, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8,
                photometricInterpretation: "RGB", pixels: pixels.flatMap { [$0, $0, $0 / 2] }))
    }
}

/// Letters of five by seven pixels.
enum Glyphs {
    static let rows: [Character: [UInt8]] = [
        "A": [0x0E, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11], "C": [0x0E, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0E],
        "N": [0x11, 0x19, 0x15, 0x13, 0x11, 0x11, 0x11], "R": [0x1E, 0x11, 0x11, 0x1E, 0x14, 0x12, 0x11],
        "Y": [0x11, 0x11, 0x0A, 0x04, 0x04, 0x04, 0x04], "1": [0x04, 0x0C, 0x04, 0x04, 0x04, 0x04, 0x0E],
        "4": [0x02, 0x06, 0x0A, 0x12, 0x1F, 0x02, 0x02], "7": [0x1F, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08],
    ]
}
