import DICOM
import JSON
import Sealing
import Testing

@testable import ImageClassifier

/// One whole way of the vectors: a drawn picture, how it is stored, what its header says, and what must come out.
struct GoldenWay: Sendable, CustomTestStringConvertible {
    let json: JSONValue

    var testDescription: String { json["name"]?.string ?? "?" }
    var side: Int { integer("side") ?? 0 }
    var field: [Int] { integers("field") }
    var inputDigest: String? { json["input"]?.string }
    var brightnessDigest: String? { json["brightness"]?.string }
    var framingDigests: [String] { (json["framings"]?.array ?? []).compactMap { $0.string } }

    static func all() throws -> [GoldenWay] {
        (try TestVectors().json["ways"]?.array ?? []).map { GoldenWay(json: $0) }
    }

    private func integer(_ name: String) -> Int? { json[name]?.int }
    private func number(_ name: String) -> Double { json[name]?.number?.double ?? .nan }
    private func integers(_ name: String) -> [Int] { (json[name]?.array ?? []).compactMap { $0.int } }
    private func flag(_ name: String) -> Bool { json[name]?.bool ?? false }

    func frame() throws -> Frame {
        let (rows, columns, maximum) = (integer("rows") ?? 0, integer("columns") ?? 0, integer("maximum") ?? 0)
        let offset = integer("offset") ?? 0
        let values = formula(rows: rows, columns: columns, seed: integer("seed") ?? 0, maximum: maximum)
            .map { (flag("falling") ? maximum - $0 : $0) + offset }
        var drawing = Drawing(rows: rows, columns: columns, values: values)
        let bars = integers("bars")
        if bars.count == 4 {
            drawing.cover(
                top: bars[0], left: bars[1], bottom: bars[2], right: bars[3], value: integer("barValue") ?? 0)
        }
        let letter = integers("letter")
        if letter.count == 4 {
            drawing.letter(row: letter[0], column: letter[1], size: letter[2], value: letter[3])
        }
        return try ImageClassifierTests.frame(
            drawing.values, rows: rows, columns: columns, stored: integer("bits") ?? 0, highBit: integer("highBit"),
            isSigned: flag("signed"))
    }

    func header() -> ImageHeader {
        var header = acceptedHeader()
        header.photometricInterpretation = flag("inverted") ? "MONOCHROME1" : "MONOCHROME2"
        header.modalityTransform = .rescale(slope: number("slope"), intercept: number("intercept"))
        if let table = json["table"], let first = table["first"]?.int, let count = table["count"]?.int,
            let step = table["step"]?.int, let entries = Self.table(first: first, count: count, step: step)
        {
            header.modalityTransform = .table(entries)
        }
        header.voiTransform = voi()
        let padding = integers("padding")
        if padding.count == 2 { header.padding = padding[0]...padding[1] }
        header.patientOrientation = PatientOrientation(
            (json["directions"]?.array ?? []).compactMap { $0.string })
        let window = integers("window")
        if window.count == 4 {
            header.shutters = [
                .rectangular(left: window[1] + 1, right: window[3], upper: window[0] + 1, lower: window[2])
            ]
        }
        return header
    }

    private func voi() -> VOITransform? {
        guard let parts = json["voi"]?.array, let name = parts.first?.string else { return nil }
        let numbers = parts.dropFirst().compactMap { $0.number?.double }
        if name == "TABLE" {
            return Self.table(first: Int(numbers[0]), count: Int(numbers[1]), step: Int(numbers[2])).map { .table($0) }
        }
        return VOITransform.Function(rawValue: name).flatMap { .window(numbers[0], numbers[1], $0) }
    }

    /// Rising, with a bend; as in `make_vectors.py`.
    private static func table(first: Int, count: Int, step: Int) -> LookupTable? {
        let entries = (0..<count).map { UInt16(min($0 * step + ($0 > count / 2 ? $0 / 5 : 0), 65535)) }
        return LookupTable(descriptor: [count, first, 16], data: entries)
    }
}

/// SHA-256 of numbers in little endian order.
func digest(_ values: [Float]) -> String {
    Digest.sha256(
        values.flatMap { value in [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value.bitPattern >> $0) } }
    ).hex
}

/// SHA-256 of numbers in little endian order.
func digest(_ values: [Double]) -> String {
    Digest.sha256(
        values.flatMap { value in
            (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(8 * $0)) }
        }
    ).hex
}
