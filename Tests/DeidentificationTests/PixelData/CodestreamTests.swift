import DICOM
import Deidentification
import Foundation
import Testing

@Suite("Compressed streams (ISO 10918-1, 14495-1, 15444-1, PS3.5 Annex G)")
struct CodestreamTests {
    private static let secret = Array("CANARY^JANE 4711".utf8)

    private static func segment(_ marker: UInt16, _ content: [UInt8]) -> [UInt8] {
        let length = content.count + 2
        return [UInt8(marker >> 8), UInt8(marker & 0xFF), UInt8(length >> 8), UInt8(length & 0xFF)] + content
    }

    private static func cleaner(
        _ syntax: TransferSyntax, rows: Int = 4, columns: Int = 4, samples: Int = 1, frames: Int = 1
    ) throws -> FrameCleaner {
        try FrameCleaner(
            header: UnusedBitsTests.header(
                allocated: 8, stored: 8, high: 7, rows: rows, columns: columns, samples: samples, frames: frames,
                photometric: samples == 1 ? "MONOCHROME2" : "RGB"),
            transferSyntax: syntax)
    }

    private static func bigEndian(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private static func littleEndian(_ numbers: [Int]) -> [UInt8] {
        numbers.flatMap { number in [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) } }
    }

    private static func holds(_ bytes: [UInt8], _ text: [UInt8]) -> Bool {
        Data(bytes).range(of: Data(text)) != nil
    }

    // MARK: JPEG 2000

    private static func codestream(
        mainComment: Bool, tileComment: Bool, packetLengths: Bool = true, statedLength: Bool = true,
        behind: [UInt8] = []
    ) -> [UInt8] {
        let size = Streams.size(rows: 4, columns: 4)
        let comment = segment(0xFF64, [0, 1] + secret)
        let tileHeader = (tileComment ? comment : []) + (packetLengths ? segment(0xFF58, [0, 4]) : [])
        let packets: [UInt8] = [0xFF, 0x93, 1, 2, 3, 4]
        let length = 12 + tileHeader.count + packets.count
        let stated = statedLength ? length : 0
        var tileStart: [UInt8] = [0, 0]
        tileStart += bigEndian(stated)
        tileStart += [0, 1]
        var stream: [UInt8] = [0xFF, 0x4F]
        stream += size
        stream += segment(0xFF52, [0, 0, 0, 1, 0, 1, 1, 1, 0, 0])
        stream += segment(0xFF5C, [0x40, 0x40])
        stream += segment(0xFF55, [0, 0x40, 0, 0, 0, UInt8(length)])
        if mainComment { stream += comment }
        stream += segment(0xFF90, tileStart)
        stream += tileHeader
        stream += packets
        stream += [0xFF, 0xD9]
        return stream + behind
    }

    @Test("A comment in the main header and bytes behind the end leave a codestream, all else stays")
    func mainComment() throws {
        let cleaner = try Self.cleaner(.jpeg2000Lossless)
        let plain = Self.codestream(mainComment: false, tileComment: false, packetLengths: false)
        #expect(cleaner.way == .stripped)
        #expect(try cleaner.clean(stream: plain) == plain + (plain.count % 2 == 1 ? [0] : []))
        let planted = Self.codestream(mainComment: true, tileComment: false, behind: Self.secret)
        #expect(try cleaner.clean(stream: planted) == cleaner.clean(stream: plain))
    }

    @Test("A comment in a tile-part and lengths of packets (PLT) leave with their length; TLM is put right")
    func tileComment() throws {
        let cleaner = try Self.cleaner(.jpeg2000)
        let planted = Self.codestream(mainComment: true, tileComment: true)
        let expected = Self.codestream(mainComment: false, tileComment: false, packetLengths: false)
        let padding = [UInt8](repeating: 0, count: expected.count % 2)
        #expect(try cleaner.clean(stream: planted) == expected + padding)
        #expect(try !Self.holds(cleaner.clean(stream: planted), Self.secret))
        // Psot 0: up to the end marker.
        let open = Self.codestream(mainComment: true, tileComment: true, statedLength: false, behind: Self.secret)
        let openExpected = Self.codestream(
            mainComment: false, tileComment: false, packetLengths: false, statedLength: false)
        #expect(try cleaner.clean(stream: open) == openExpected + padding)
    }

    @Test("Of a JP2 file only the codestream stays, whatever its boxes hold; a palette in it is refused")
    func boxes() throws {
        func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
            Self.bigEndian(content.count + 8) + Array(type.utf8) + content
        }
        let stream = Self.codestream(mainComment: true, tileComment: false)
        let signature = box("jP  ", [0x0D, 0x0A, 0x87, 0x0A])
        let header = box("jp2h", box("ihdr", [UInt8](repeating: 0, count: 14)))
        let file = [
            signature, box("ftyp", Array("jp2 ".utf8)), header, box("uuid", Self.secret), box("xml ", Self.secret),
            box("asoc", box("lbl ", Self.secret)), box("jp2c", stream), box("xml ", Self.secret),
        ].flatMap { $0 }
        let cleaner = try Self.cleaner(.jpeg2000)
        #expect(
            try cleaner.clean(stream: file)
                == cleaner.clean(stream: Self.codestream(mainComment: false, tileComment: false)))
        let palette = signature + box("jp2h", box("pclr", [0, 1, 1, 7, 0])) + box("jp2c", stream)
        #expect(throws: DeidentificationError(.pixelDataNotCleanable, tag: .pixelData)) {
            try cleaner.clean(stream: palette)
        }
    }

    @Test("OpenJPEG decodes a cleaned codestream to the same pixels", .enabled(if: Tool.opj.isPresent))
    func openJPEG() throws {
        let folder = try TemporaryFolder()
        // A gradient with noise, several tiles and tile-parts, packet lengths, markers for resynchronisation, an image
        // that does not begin at the grid's origin, changes of progression, a region of interest, precincts.
        var generator = SplitMix(state: 4711)
        let pixels = (0..<(96 * 80)).map { UInt8(truncatingIfNeeded: $0 / 31 + Int(generator.next() & 15)) }
        try Data(Array("P5\n96 80\n255\n".utf8) + pixels).write(to: folder.url("in.pgm"))
        let kinds: [(String, [String])] = [
            ("j2k", []), ("j2k", ["-t", "32,32", "-TP", "R", "-PLT", "-TLM"]),
            ("j2k", ["-SOP", "-EPH", "-I", "-r", "20,5"]), ("j2k", ["-d", "7,9", "-T", "3,2", "-t", "40,40"]),
            ("j2k", ["-n", "6", "-r", "20,1", "-POC", "T1=0,0,1,3,1,RPCL/T1=3,0,2,6,1,RLCP/T1=0,0,2,6,1,LRCP"]),
            ("j2k", ["-ROI", "c=0,U=5", "-M", "63", "-c", "[64,64],[32,32]", "-TLM"]),
            ("jp2", []), ("jp2", ["-t", "48,40"]),
        ]
        for (suffix, options) in kinds {
            let made = "made.\(suffix)"
            let status = try Tool.run(
                Tool.opj, ["-i", folder.path("in.pgm"), "-o", folder.path(made), "-C", "CANARY JANE 4711"] + options)
            try #require(status == 0, "\(options)")
            let stream = [UInt8](try Data(contentsOf: folder.url(made)))
            #expect(Self.holds(stream, Array("CANARY JANE".utf8)))
            let cleaned = try Self.cleaner(.jpeg2000, rows: 80, columns: 96).clean(stream: stream)
            #expect(!Self.holds(cleaned, Array("CANARY".utf8)))
            try Data(cleaned).write(to: folder.url("cleaned.j2k"))
            try #require(
                try Tool.run(Tool.opjDecompress, ["-i", folder.path(made), "-o", folder.path("before.pgm")]) == 0)
            try #require(
                try Tool.run(Tool.opjDecompress, ["-i", folder.path("cleaned.j2k"), "-o", folder.path("after.pgm")])
                    == 0)
            #expect(
                try Data(contentsOf: folder.url("before.pgm")) == Data(contentsOf: folder.url("after.pgm")),
                "\(suffix) \(options)")
        }
    }

    // MARK: RLE

    @Test("RLE: what stands between, behind and inside segments beyond the last pixel is gone")
    func runLength() throws {
        // 16 pixels: a run of ten, a literal of six.
        let packed: [UInt8] = [247, 9, 5, 1, 2, 3, 4, 5, 6]
        let first = packed + Self.secret + [0]
        var planted = Self.littleEndian([3, 64, 64 + first.count, 64 + 2 * first.count, 0xCAFE])
        planted += [UInt8](repeating: 0x4A, count: 44)
        for part in [first, first, packed, Self.secret] { planted += part }
        let even = packed + [0]
        var expected = Self.littleEndian([3, 64, 74, 84])
        expected += [UInt8](repeating: 0, count: 48)
        for _ in 0..<3 { expected += even }
        let cleaner = try Self.cleaner(.rleLossless, samples: 3)
        #expect(try cleaner.clean(stream: planted) == expected)
        #expect(try cleaner.clean(stream: expected) == expected)
        let fewer = Self.littleEndian([2]) + expected.dropFirst(4)
        for bad in [Array(expected.dropLast(4)), fewer, Array(expected.prefix(70))] {
            #expect(throws: DeidentificationError(.pixelDataNotCleanable, tag: .pixelData)) {
                try cleaner.clean(stream: bad)
            }
        }
    }

    // MARK: Frames

    @Test(
        "Frames in several fragments come together by the Basic Offset Table, and without one by what begins a stream")
    func fragments() throws {
        let cleaner = try Self.cleaner(.jpeg2000, frames: 3)
        let stream = Self.codestream(mainComment: true, tileComment: false)
        let cut = stride(from: 0, to: stream.count, by: 32).map { Array(stream[$0..<min($0 + 32, stream.count)]) }
        let even = cut.map { $0 + ($0.count % 2 == 1 ? [0] : []) }
        let frameLength = even.reduce(0) { $0 + $1.count + 8 }
        let table = Self.littleEndian([0, frameLength, 2 * frameLength])
        let expected = try cleaner.clean(stream: stream)
        for offsets in [table, [], [0, 0, 0, 0]] {
            let cleaned = try cleaner.clean(.encapsulated(offsets: offsets, fragments: even + even + even))
            #expect(cleaned == .encapsulated(offsets: [], fragments: [expected, expected, expected]))
        }
        for count in [2, 4] {
            #expect(throws: DeidentificationError(.pixelDataNotCleanable, tag: .numberOfFrames)) {
                try cleaner.clean(.encapsulated(offsets: [], fragments: (0..<count).flatMap { _ in even }))
            }
        }
    }

    // MARK: Hostile input

    @Test("Whatever the bytes are, cleaning ends, adds nothing that was not there, and cleaning again changes nothing")
    func fuzz() throws {
        let seed: UInt64 = 0xC0DE_57EA
        print("seed \(seed)")
        var generator = SplitMix(state: seed)
        var jpeg: [UInt8] = [0xFF, 0xD8]
        jpeg += Self.segment(0xFFFE, Self.secret)
        jpeg += Self.segment(0xFFDB, [0] + [UInt8](repeating: 1, count: 64))
        jpeg += Self.segment(0xFFC0, [8, 0, 4, 0, 4, 1, 1, 0x11, 0])
        jpeg += Self.segment(0xFFDA, [1, 1, 0, 0, 63, 0])
        jpeg += [1, 2, 0xFF, 0, 3, 4, 0xFF, 0xD9]
        var runs = Self.littleEndian([1, 64])
        runs += [UInt8](repeating: 0, count: 56)
        runs += [247, 9, 5, 1, 2, 3, 4, 5, 6, 0]
        let samples: [(TransferSyntax, [UInt8])] = [
            (.jpegBaseline, jpeg), (.jpeg2000, Self.codestream(mainComment: true, tileComment: true)),
            (.rleLossless, runs),
        ]
        var accepted = 0
        for (syntax, sample) in samples {
            let cleaner = try Self.cleaner(syntax)
            for _ in 0..<20_000 {
                var bytes = sample
                for _ in 0..<Int.random(in: 0...4, using: &generator) {
                    let place = Int.random(in: 0..<bytes.count, using: &generator)
                    switch Int.random(in: 0..<4, using: &generator) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                    case 1: bytes[place] = [0, 0xFF, 0x7F, 0x80].randomElement(using: &generator) ?? 0
                    case 2: bytes.removeSubrange(place..<min(place + 3, bytes.count))
                    default: bytes.insert(contentsOf: [0xFF, UInt8.random(in: 0...255, using: &generator)], at: place)
                    }
                    if bytes.isEmpty { bytes = [0] }
                }
                guard let once = try? cleaner.clean(stream: bytes) else { continue }
                accepted += 1
                #expect(once.count <= bytes.count + 66)
                #expect(try cleaner.clean(stream: once) == once)
            }
        }
        #expect(accepted > 3_000)
    }
}
