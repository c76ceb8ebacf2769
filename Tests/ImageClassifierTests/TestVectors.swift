import DICOM
import Foundation
import JSON

@testable import ImageClassifier

/// Golden values of `Vectors/make_vectors.py` (preprocessing) and `Vectors/make_logits.py` (ONNX Runtime).
struct TestVectors {
    let json: JSONValue

    init(_ name: String = "vectors.json") throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/\(name)")
        json = try JSONValue(parsing: [UInt8](Data(contentsOf: file)))
    }

    static func numbers(_ value: JSONValue?) -> [Double] {
        (value?.array ?? []).compactMap { $0.string.flatMap { Double($0) } }
    }
}

/// The formula of `drawing.py`: an image that resembles a chest a little, from integers only.
func formula(rows: Int, columns: Int, seed: Int, maximum: Int) -> [Int] {
    let centres = [columns * (28 + seed % 5) / 100, columns * (72 - seed % 3) / 100]
    var pixels: [Int] = []
    for y in 0..<rows {
        for x in 0..<columns {
            let down = 1000 - abs(y - rows * (45 + seed % 7) / 100) * 1000 * 5 / (2 * rows)
            let tent = centres.map { min(max(1000 - abs(x - $0) * 1000 * 5 / columns, 0), max(down, 0)) }.max() ?? 0
            let noise = ((x * 73 + y * 151 + seed * 997) * (x + 3 * y + 11)) % 101
            let value = 850 - tent * (5 + seed % 3) / 10 + noise - 50
            pixels.append(min(max(value, 0), 1000) * maximum / 1000)
        }
    }
    return pixels
}

/// A drawn picture with what the vectors put over it.
struct Drawing {
    let rows: Int
    let columns: Int
    var values: [Int]

    /// Bars of one value: so many pixels at the top, left, bottom and right.
    mutating func cover(top: Int, left: Int, bottom: Int, right: Int, value: Int) {
        for row in 0..<rows {
            for column in 0..<columns
            where row < top || row >= rows - bottom || column < left || column >= columns - right {
                values[row * columns + column] = value
            }
        }
    }

    /// An L, as a marker of the side: its strokes are an eighth of its height wide, at least one pixel.
    mutating func letter(row: Int, column: Int, size: Int, value: Int) {
        let stroke = max(1, size / 8)
        for y in 0..<size {
            for x in 0..<max(stroke, size / 2) where x < stroke || (y >= size - stroke && x < size / 2) {
                values[(row + y) * columns + column + x] = value
            }
        }
    }
}

/// A frame of 8 or 16 bits from stored values; negative ones as two's complement.
func frame(
    _ values: [Int], rows: Int, columns: Int, stored bits: Int, highBit: Int? = nil, isSigned: Bool = false,
    photometric: String = "MONOCHROME2", noise: Int = 0
) throws -> Frame {
    let allocated = bits <= 8 && highBit ?? 0 <= 7 ? 8 : 16
    let high = highBit ?? bits - 1
    var pixels: [UInt8] = []
    for value in values {
        let cell = (value & ((1 << bits) - 1)) << (high + 1 - bits) | noise
        pixels.append(UInt8(truncatingIfNeeded: cell))
        if allocated == 16 { pixels.append(UInt8(truncatingIfNeeded: cell >> 8)) }
    }
    let frame = Frame(
        rows: rows, columns: columns, bitsAllocated: allocated, bitsStored: bits, highBit: high, isSigned: isSigned,
        photometricInterpretation: photometric, pixels: pixels)
    guard let frame else { throw ClassifierError(.pixelDataUndecodable) }
    return frame
}

/// A header that the gate of the bundled model accepts.
func acceptedHeader() -> ImageHeader {
    var header = ImageHeader()
    header.sopClass = "1.2.840.10008.5.1.4.1.1.1.1"
    header.modality = "DX"
    header.presentationIntent = "FOR PRESENTATION"
    header.patientAge = "003Y"
    header.bodyPart = "CHEST"
    header.viewPosition = "AP"
    header.burnedInAnnotation = "NO"
    header.photometricInterpretation = "MONOCHROME2"
    return header
}

/// The bundled model, read once.
enum Bundled {
    private static let result = Result { try ModelBundle.bundled() }

    static func model() throws -> ModelBundle { try result.get() }
}
