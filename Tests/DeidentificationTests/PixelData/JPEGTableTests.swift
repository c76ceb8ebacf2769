import DICOM
import Foundation
import Testing

@testable import Deidentification

@Suite("JPEG tables (ISO 10918-1 §B.2.4): those that no scan uses go")
struct JPEGTableTests {
    private static let secret = Array("CANARY^JANE 4711".utf8)

    private static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
        let length = content.count + 2
        return [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + content
    }

    private static func quantization(_ destination: UInt8, _ values: [UInt8]) -> [UInt8] {
        [destination] + (values + [UInt8](repeating: 1, count: 64)).prefix(64)
    }

    private static func huffman(_ first: UInt8, _ symbols: [UInt8]) -> [UInt8] {
        [first] + [0, 0, 0, UInt8(symbols.count)] + [UInt8](repeating: 0, count: 12) + symbols
    }

    /// One component with quantisation table 0; `start` is Ss of the scan. Of even length.
    private static func stream(_ tables: [UInt8], process: UInt8 = 0xC0, start: UInt8 = 0) -> [UInt8] {
        let scan = segment(0xDA, [1, 1, 0, start, 63, 0]) + [0x12, 0x34, 0xFF, 0xD9]
        let stream = [0xFF, 0xD8] + tables + segment(process, [8, 0, 8, 0, 8, 1, 1, 0x11, 0]) + scan
        return stream + [UInt8](repeating: 0, count: stream.count % 2)
    }

    private static let used =
        segment(0xDB, quantization(0, [])) + segment(0xC4, huffman(0x00, [1]) + huffman(0x10, [2]))

    @Test("a stream of used tables alone stays as it is")
    func plain() {
        let stream = Self.stream(Self.used)
        #expect(JPEGStream.withoutTexts(stream) == stream)
    }

    @Test("a quantisation or Huffman table for nobody goes, alone and out of the middle of a segment")
    func unused() {
        let plain = Self.stream(Self.used)
        let apart = Self.used + Self.segment(0xDB, Self.quantization(3, Self.secret))
        #expect(JPEGStream.withoutTexts(Self.stream(apart)) == plain)
        let within =
            Self.segment(0xDB, Self.quantization(3, Self.secret) + Self.quantization(0, []))
            + Self.segment(
                0xC4, Self.huffman(0x00, [1]) + Self.huffman(0x11, Self.secret) + Self.huffman(0x10, [2]))
        #expect(JPEGStream.withoutTexts(Self.stream(within)) == plain)
    }

    @Test("a table that another replaces before any scan goes; one that comes behind the last scan too")
    func replaced() {
        let plain = Self.stream(Self.used)
        let before = Self.segment(0xDB, Self.quantization(0, Self.secret)) + Self.used
        #expect(JPEGStream.withoutTexts(Self.stream(before)) == plain)
        let behind: [UInt8] =
            Array(plain.prefix(plain.count - 2)) + Self.segment(0xDB, Self.quantization(0, Self.secret)) + [0xFF, 0xD9]
        #expect(JPEGStream.withoutTexts(behind) == plain)
    }

    @Test("a scan uses what its process needs: no AC table where DC coefficients come, none of both kinds for lossless")
    func processes() {
        let tables =
            Self.segment(0xDB, Self.quantization(0, [])) + Self.segment(0xC4, Self.huffman(0x00, [1]))
            + Self.segment(0xC4, Self.huffman(0x10, Self.secret))
        let direct = Self.segment(0xDB, Self.quantization(0, [])) + Self.segment(0xC4, Self.huffman(0x00, [1]))
        #expect(
            JPEGStream.withoutTexts(Self.stream(tables, process: 0xC2)) == Self.stream(direct, process: 0xC2))
        let lossless = Self.segment(0xC4, Self.huffman(0x00, [1]))
        #expect(
            JPEGStream.withoutTexts(Self.stream(tables, process: 0xC3, start: 1))
                == Self.stream(lossless, process: 0xC3, start: 1))
    }

    @Test("what contradicts itself is refused: a table cut off, a component of no frame, arithmetic coding, a palette")
    func refused() {
        let cut = Self.segment(0xDB, Array(Self.quantization(0, []).dropLast()))
        #expect(JPEGStream.withoutTexts(Self.stream(Self.used + cut)) == nil)
        let stranger: [UInt8] =
            Array(Self.stream(Self.used).prefix(Self.stream(Self.used).count - 4))
            + Self.segment(0xDA, [1, 9, 0, 0, 63, 0])
        #expect(JPEGStream.withoutTexts(stranger + [0xFF, 0xD9]) == nil)
        #expect(JPEGStream.withoutTexts(Self.stream(Self.used + Self.segment(0xCC, Self.secret))) == nil)
        #expect(JPEGStream.withoutTexts(Self.stream(Self.used, process: 0xC9)) == nil)
        #expect(
            JPEGStream.withoutTexts(Self.stream(Self.segment(0xF8, [2, 1, 1] + Self.secret), process: 0xF7)) == nil)
    }
}
