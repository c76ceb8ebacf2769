import DICOM
import Deidentification
import Foundation
import Testing

/// Small compressed streams, damaged. `IMAGING_GATEWAY_FUZZ=long` takes two million inputs, a number so many.
@Suite("Compressed streams under fuzz (ISO 10918-1, 14495-1, 15444-1, PS3.5 Annex G)")
struct StreamFuzzTests {
    static let seed: UInt64 = 20_261_122
    static let pieces = 8

    static var count: Int {
        switch ProcessInfo.processInfo.environment["IMAGING_GATEWAY_FUZZ"] {
        case "long": 2_000_000
        case let text?: Int(text) ?? 30_000
        case nil: 30_000
        }
    }

    @Test(
        "A stream or a refusal; what was cleaned has no text in its headers, is of even length, and no longer than it was"
    )
    func mutations() async {
        let count = Self.count
        print("stream fuzz: \(count) inputs, seed \(Self.seed) (IMAGING_GATEWAY_FUZZ=long or a number for more)")
        let results = await withTaskGroup(of: [String: Int].self) { group in
            for piece in 0..<Self.pieces {
                group.addTask { await Self.run(count / Self.pieces, seed: Self.seed &+ UInt64(piece) &* 0x9E37_79B9) }
            }
            return await group.reduce(into: [:]) { all, one in all.merge(one, uniquingKeysWith: +) }
        }
        print("stream fuzz: \(results.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })")
        for (name, _, _) in Self.originals {
            #expect(results["\(name) cleaned", default: 0] > count / 60, "\(name)")
            #expect(results["\(name) refused", default: 0] > count / 60, "\(name)")
        }
    }

    @Test("What once failed holds: FailCases")
    func replay() throws {
        for file in try StreamFailCases.all() {
            let kind = file.lastPathComponent.prefix { $0 != "-" }
            guard let (_, syntax, _) = Self.originals.first(where: { $0.name == kind }) else { continue }
            let cleaner = try Self.cleaner(syntax)
            #expect(Self.holds([UInt8](try Data(contentsOf: file)), cleaner) != nil, "\(file.lastPathComponent)")
        }
    }

    private static func cleaner(_ syntax: TransferSyntax) throws(DeidentificationError) -> FrameCleaner {
        var header = DataSet()
        for (tag, value) in [
            (Tag.rows, 16), (.columns, 16), (.samplesPerPixel, 1), (.bitsAllocated, 16), (.bitsStored, 12),
            (.highBit, 11), (.pixelRepresentation, 0),
        ] { header.set(tag, .US, value) }
        header.set(.photometricInterpretation, .CS, "MONOCHROME2")
        return try FrameCleaner(header: header, transferSyntax: syntax)
    }

    /// Whether it was cleaned; nil where the promise is broken.
    private static func holds(_ stream: [UInt8], _ cleaner: FrameCleaner) -> Bool? {
        guard let cleaned = try? cleaner.clean(stream: stream) else { return false }
        let again = try? cleaner.clean(stream: cleaned)
        // Damage can make entropy-coded data of a text behind the end, which nobody can tell from pixels.
        guard !tells(headers(of: cleaned)) else { return nil }
        // An end marker, or a byte for each of two segments, may be new.
        return again == cleaned && cleaned.count % 2 == 0 && cleaned.count <= stream.count + 4 ? true : nil
    }

    /// What stands before the first scan or the first packets; in RLE there is nothing but a header of numbers.
    private static func headers(of stream: [UInt8]) -> ArraySlice<UInt8> {
        guard stream.first == 0xFF else { return stream.prefix(64) }
        let data: UInt8 = stream.dropFirst().first == 0x4F ? 0x93 : 0xDA
        let end = stream.indices.dropLast().first { stream[$0] == 0xFF && stream[$0 + 1] == data } ?? stream.endIndex
        guard data == 0xDA else { return stream[..<end] }
        // Any bytes are values of a table that a scan uses: nobody can tell them from a text.
        var (headers, place) = ([UInt8](), 2)
        while place + 4 <= end {
            let length = Int(stream[place + 2]) << 8 + Int(stream[place + 3])
            let isTable = stream[place + 1] == 0xDB || stream[place + 1] == 0xC4
            headers += stream[place..<min(place + (isTable ? 4 : 2 + length), end)]
            place += 2 + max(length, 2)
        }
        return headers[...]
    }

    /// Whether six characters of the secret stand in a row.
    private static func tells(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count >= 6 else { return false }
        return (bytes.startIndex...(bytes.endIndex - 6)).contains { start in
            secretParts.contains(Array(bytes[start..<(start + 6)]))
        }
    }

    private static let secretParts = Set((0...(secret.count - 6)).map { Array(secret[$0..<($0 + 6)]) })

    @Test("Undamaged, whatever texts stand where texts may stand: nothing of them stays, anywhere")
    func texts() throws {
        var generator = SplitMix(state: Self.seed)
        for (name, syntax, original) in Self.originals {
            let cleaner = try Self.cleaner(syntax)
            #expect(Self.tells(original[...]))
            #expect(!Self.tells(try cleaner.clean(stream: original)[...]), "\(name)")
            for _ in 0..<1_000 {
                let stream = Self.withTexts(original, &generator)
                let cleaned = try #require(try? cleaner.clean(stream: stream), "\(name) \(stream)")
                #expect(!Self.tells(cleaned[...]), "\(name) \(stream)")
            }
        }
    }

    @Test("Thresholds of JPEG-LS are numbers, and no text in their place")
    func thresholds() throws {
        let cleaner = try Self.cleaner(.jpegLSLossless)
        let plain = Array(Self.jpegLS.prefix(15))
        func stream(_ thresholds: [UInt8], first: Bool = false) -> [UInt8] {
            let preset = Self.segment(0xF8, [1] + thresholds)
            return (first ? plain.prefix(2) + preset + plain.dropFirst(2) : plain + preset)
                + Self.segment(0xDA, [1, 1, 0, 0, 0, 0]) + [1, 2, 3, 0xFF, 0xD9]
        }
        for numbers: [UInt8] in [[0x0F, 0xFF, 0, 18, 0, 67, 1, 20, 0, 64], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]] {
            for first in [true, false] {
                #expect(throws: Never.self) { try cleaner.clean(stream: stream(numbers, first: first)) }
            }
        }
        let texts: [[UInt8]] = [
            [0x0F] + Array("JANE 4711".utf8), Array("ZZAABBCCXX".utf8),
            [0x0F, 0xFF, 0, 1, 0, 2, 0, 3] + Array("JA".utf8),
            [0x0F, 0xFF, 0, 3, 0, 2, 0, 1, 0, 64],
        ]
        for text in texts {
            for first in [true, false] {
                #expect(throws: DeidentificationError.self) { try cleaner.clean(stream: stream(text, first: first)) }
            }
        }
    }

    /// More comments and application segments between the segments of the header, and more bytes behind the end.
    private static func withTexts(_ original: [UInt8], _ generator: inout SplitMix) -> [UInt8] {
        var stream = original
        if stream.first == 0xFF {
            let isJPEG2000 = stream[1] == 0x4F
            // Behind SOI, or SOC and SIZ; before each segment and before the scan or the tile.
            var borders: [Int] = []
            var place = 2
            while ![0xDA, 0x90].contains(stream[place + 1]) {
                if !isJPEG2000 || place > 2 { borders.append(place) }
                place += 2 + Int(stream[place + 2]) << 8 + Int(stream[place + 3])
            }
            borders.append(place)
            for border in borders.reversed() {
                for _ in 0..<(generator.next() % 3) {
                    let noise = (0..<(generator.next() % 20)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
                    let applications: [UInt8] = [0xE0, 0xE1, 0xE2, 0xE8, 0xED, 0xEE, 0xEF, 0xFE]
                    let marker = isJPEG2000 ? 0x64 : applications[Int(generator.next() % 8)]
                    let text = generator.next() % 2 == 0 ? noise + secret : secret + noise
                    stream.insert(contentsOf: segment(marker, (isJPEG2000 ? [0, 1] : []) + text), at: border)
                }
            }
        }
        stream += (0..<(generator.next() % 9)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        return generator.next() % 2 == 0 ? stream + secret : stream
    }

    @concurrent
    private static func run(_ count: Int, seed: UInt64) async -> [String: Int] {
        var generator = SplitMix(state: seed)
        var results: [String: Int] = [:]
        let cleaners = originals.map { try? cleaner($0.syntax) }
        for round in 0..<count {
            let index = round % originals.count
            guard let cleaner = cleaners[index] else { continue }
            let stream = mutated(originals[index].stream, &generator)
            guard let isCleaned = holds(stream, cleaner) else {
                Issue.record("seed \(seed): kept as \(StreamFailCases.keep(stream, originals[index].name))")
                return results
            }
            results["\(originals[index].name) \(isCleaned ? "cleaned" : "refused")", default: 0] += 1
        }
        return results
    }

    private static func mutated(_ original: [UInt8], _ generator: inout SplitMix) -> [UInt8] {
        var bytes = original
        for _ in 0...(generator.next() % 3) {
            guard bytes.count > 8 else { break }
            let place = Int(generator.next() % UInt64(bytes.count))
            let marker = markers[Int(generator.next() % UInt64(markers.count))]
            switch generator.next() % 7 {
            case 0: bytes[place] ^= 1 << UInt8(generator.next() % 8)
            case 1: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
            case 2: bytes.removeSubrange(place..<min(place + 1 + Int(generator.next() % 9), bytes.count))
            case 3: bytes.removeSubrange(place...)
            case 4: bytes.insert(contentsOf: [0xFF, marker, 0, UInt8(generator.next() % 12)], at: place)
            case 5: bytes.insert(contentsOf: original.suffix(Int(generator.next() % 60)), at: place)
            default: if place + 1 < bytes.count { bytes.replaceSubrange(place...(place + 1), with: [0xFF, marker]) }
            }
        }
        return bytes
    }

    private static let markers: [UInt8] = [
        0xD8, 0xD9, 0xDA, 0xC4, 0xDB, 0xC0, 0xC3, 0xF7, 0xF8, 0xDD, 0xE0, 0xE1, 0xEE, 0xFE, 0xD0, 0x4F, 0x51, 0x52,
        0x5C,
        0x64, 0x55, 0x58, 0x90, 0x93, 0xFF, 0x00,
    ]

    private static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
        [0xFF, marker, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 0xFF)] + content
    }

    private static let secret = Array("CANARY^JANE 4711".utf8)

    private static let originals: [(name: String, syntax: TransferSyntax, stream: [UInt8])] = [
        ("jpeg", .jpegExtended, jpeg), ("jpegls", .jpegLSLossless, jpegLS), ("jpeg2000", .jpeg2000Lossless, jpeg2000),
        ("rle", .rleLossless, runLength),
    ]

    private static let jpeg: [UInt8] = {
        var stream: [UInt8] = [0xFF, 0xD8]
        stream += segment(0xE1, secret)
        stream += segment(0xFE, secret)
        stream += segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
        stream += segment(0xC1, [12, 0, 16, 0, 16, 1, 1, 0x11, 0])
        stream += segment(0xC4, [0, 0, 1] + [UInt8](repeating: 0, count: 14) + [5])
        stream += segment(0xC4, [0x10, 0, 1] + [UInt8](repeating: 0, count: 14) + [5])
        stream += segment(0xDD, [0, 2])
        stream += segment(0xDA, [1, 1, 0, 0, 63, 0])
        stream += [1, 2, 3, 0xFF, 0, 4, 0xFF, 0xD0, 5, 6, 0xFF, 0xD9]
        return stream + secret
    }()

    private static let jpegLS: [UInt8] = {
        var stream: [UInt8] = [0xFF, 0xD8]
        stream += segment(0xF7, [12, 0, 16, 0, 16, 1, 1, 0x11, 0])
        stream += segment(0xF8, [1, 0x0F, 0xFF, 0, 1, 0, 2, 0, 3, 0, 64])
        stream += segment(0xFE, secret)
        stream += segment(0xDA, [1, 1, 0, 0, 0, 0])
        return stream + [1, 2, 3, 0xFF, 0x7F, 4, 0xFF, 0xD9] + secret
    }()

    private static let jpeg2000: [UInt8] = {
        var stream: [UInt8] = [0xFF, 0x4F]
        stream += Streams.size(rows: 16, columns: 16, depth: 11)
        stream += segment(0x52, [0, 0, 0, 1, 0, 1, 1, 1, 0, 0])
        stream += segment(0x5C, [0x40, 0x40])
        stream += segment(0x55, [0, 0x40, 0, 0, 0, 46])
        stream += segment(0x64, [0, 1] + secret)
        let header = segment(0x64, [0, 1] + secret) + segment(0x58, [0, 4])
        let packets: [UInt8] = [0xFF, 0x93, 1, 2, 3, 4]
        stream += segment(0x90, [0, 0, 0, 0, 0, UInt8(12 + header.count + packets.count), 0, 1])
        return stream + header + packets + [0xFF, 0xD9] + secret
    }()

    private static let runLength: [UInt8] = {
        let words = [2, 64, 64 + 36] + [Int](repeating: 0, count: 13)
        var stream = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        // 16 × 16 bytes: eight runs of 16, two literals of 64, and what no decoder needs.
        let first: [UInt8] = (0..<16).flatMap { [241, $0] as [UInt8] } + Array("XXXX".utf8)
        stream += first
        stream += (0..<2).flatMap { _ in [127] + (0..<128).map { UInt8($0) } }
        return stream + secret
    }()

    private struct SplitMix {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }
}

/// Streams that once failed, as files beside the tests; what they are stands before the hyphen.
private enum StreamFailCases {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("FailCases")

    static func keep(_ bytes: [UInt8], _ kind: String) -> String {
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let name = "\(kind)-\(String(hash, radix: 16)).stream"
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try? Data(bytes).write(to: folder.appendingPathComponent(name))
        return name
    }

    static func all() throws -> [URL] {
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "stream" }.sorted { $0.path < $1.path }
    }
}
