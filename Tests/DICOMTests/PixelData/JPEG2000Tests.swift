import Foundation
import Testing

@testable import DICOM

/// A stream of an encoder that none of us wrote, and the pixels it was made of: `Vectors/jpeg2000.tsv`, made by
/// `Vectors/derive_jpeg2000.py`.
struct StreamRow: Sendable, CustomTestStringConvertible {
    let name: String
    let frame: EncodedFrame
    let decodedPhotometric: String
    let pixels: [UInt8]

    var testDescription: String { name }

    static let all: [StreamRow] = {
        guard let url = Bundle.module.url(forResource: "jpeg2000", withExtension: "tsv", subdirectory: "Vectors"),
            let table = try? String(contentsOf: url, encoding: .utf8)
        else { return [] }
        return table.split(separator: "\n").compactMap { StreamRow($0.split(separator: "\t").map(String.init)) }
    }()

    private init?(_ columns: [String]) {
        guard columns.count == 12, let uid = UID(columns[1]), let stream = Data(base64Encoded: columns[10]),
            let pixels = Data(base64Encoded: columns[11])
        else { return nil }
        let numbers = columns[2...7].compactMap { Int($0) }
        guard numbers.count == 6 else { return nil }
        name = columns[0]
        decodedPhotometric = columns[9]
        self.pixels = Array(pixels)
        frame = EncodedFrame(
            transferSyntax: TransferSyntax(uid), rows: numbers[0], columns: numbers[1], samplesPerPixel: numbers[2],
            bitsAllocated: numbers[3], bitsStored: numbers[4], highBit: numbers[4] - 1, isSigned: numbers[5] == 1,
            photometricInterpretation: columns[8], fragments: [Array(stream)])
    }
}

@Suite("ISO 15444-1 and 15444-15: JPEG 2000 by OpenJPEG, streams by other encoders")
struct JPEG2000Tests {
    @Test("There are streams of every kind")
    func rows() {
        #expect(StreamRow.all.count == 15)
    }

    @Test("Lossless streams decode to what they were made of", arguments: StreamRow.all)
    func decoded(row: StreamRow) throws {
        let frame = try InProcessFrameDecoder().decode(row.frame)
        #expect(frame.pixels == row.pixels)
        #expect(frame.photometricInterpretation == row.decodedPhotometric)
        #expect(frame.bitsStored == row.frame.bitsStored && frame.isSigned == row.frame.isSigned)
    }

    @Test("A stream in several fragments is one stream")
    func fragments() throws {
        let row = try #require(StreamRow.all.first)
        var frame = row.frame
        let stream = Array(frame.fragments.joined())
        frame.fragments = [Array(stream.prefix(50)), Array(stream.dropFirst(50)) + [0]]
        #expect(try InProcessFrameDecoder().decode(frame).pixels == row.pixels)
    }

    @Test("A stream that contradicts the data set, or lost its end, is refused")
    func contradictions() throws {
        let row = try #require(StreamRow.all.first { $0.name == "grey 12 bit" })
        let mutations: [(inout EncodedFrame) -> Void] = [
            { $0.rows += 1 }, { $0.columns -= 1 },
            { ($0.bitsAllocated, $0.bitsStored, $0.highBit) = (8, 8, 7) },
            { ($0.bitsStored, $0.highBit) = (8, 7) },
            { ($0.samplesPerPixel, $0.photometricInterpretation) = (3, "RGB") },
            { $0.fragments[0].removeLast(2) }, { $0.fragments[0].removeLast(40) },
            { $0.fragments[0].removeSubrange(200..<260) }, { $0.fragments = [[]] }, { $0.fragments = [] },
            { $0.fragments[0] += [1] },
        ]
        for mutate in mutations {
            var frame = row.frame
            mutate(&frame)
            #expect(throws: DICOMError(.decodeFailed, tag: .pixelData)) { try InProcessFrameDecoder().decode(frame) }
        }
    }

    @Test("The header of every stream is read as it is")
    func headers() throws {
        for row in StreamRow.all {
            let stream = try #require(JPEG2000FrameDecoder.codestream(row.frame.fragments[0]))
            let header = try #require(JPEG2000Header(stream))
            #expect(header.rows == 21 && header.columns == 34 && header.components == row.frame.samplesPerPixel)
            #expect(header.tiles == 1 && header.layers == 1 && header.packets <= stream.count)
            // A resolution that the picture is too small for counts as none.
            #expect(header.packets >= header.levels)
        }
    }

    @Test("Prefixes and mutations of a header: an answer or none, never a trap")
    func hostileHeaders() throws {
        let seed: UInt64 = 20_261_122
        print("JPEG 2000 header mutations: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let stream = try #require(StreamRow.all.first?.frame.fragments.first)
        let start = Array(stream.prefix(160))
        for end in 0..<100 { #expect(JPEG2000Header(Array(start.prefix(end))) == nil || end > 58) }
        var read = 0
        for _ in 0..<20_000 {
            var mutated = start
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<110, using: &generator)
                mutated[place] = Bool.random(using: &generator) ? 0xFF : UInt8.random(in: 0...255, using: &generator)
            }
            if JPEG2000Header(mutated) != nil { read += 1 }
            _ = JPEG2000FrameDecoder.codestream([0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20] + mutated.dropFirst(8))
        }
        #expect(read > 1_000 && read < 20_000)
    }

    @Test("A header that asks for more than its stream can hold is refused before the codec sees it")
    func limits() throws {
        let row = try #require(StreamRow.all.first { $0.name == "grey 8 bit" })
        let stream = row.frame.fragments[0]
        let coding = try #require((0..<stream.count - 1).first { stream[$0] == 0xFF && stream[$0 + 1] == 0x52 })
        func header(_ change: (inout [UInt8]) -> Void) -> JPEG2000Header? {
            var changed = stream
            change(&changed)
            return JPEG2000Header(changed)
        }
        // Layers (§A.6.1) behind marker, length, style and progression.
        #expect(header { $0[coding + 6] = 0xFF }?.layers ?? 0 > JPEG2000FrameDecoder.Limits.layers)
        #expect(header { $0[coding + 9] = 33 } == nil)
        // A tile of one sample (§A.5.1).
        let tiny = header { $0.replaceSubrange(24..<32, with: [0, 0, 0, 1, 0, 0, 0, 1]) }
        #expect(tiny?.tiles == 21 * 34)
        #expect(header { $0.replaceSubrange(24..<32, with: [UInt8](repeating: 0, count: 8)) } == nil)
        // Two rows of a pixel less than none.
        #expect(header { $0.replaceSubrange(16..<20, with: [0xFF, 0xFF, 0xFF, 0xFF]) } == nil)
    }
}
