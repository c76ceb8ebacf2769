import Foundation
import SecondOpinion
import Testing

/// How often a clean file is refused because something of a patient stands in it by chance. A hundred people are looked for
/// at once, so each file counts a hundredfold. `IMAGING_GATEWAY_FUZZ=long` takes two hundred times as many.
@Suite struct FalseRefusalTests {
    /// Repeats of every measurement.
    private static var rounds: Int {
        switch ProcessInfo.processInfo.environment["IMAGING_GATEWAY_FUZZ"] {
        case "long": 200
        case let text?: max(1, (Int(text) ?? 20_000) / 20_000)
        case nil: 1
        }
    }

    /// Ordinary runs repeat the same numbers; long ones begin with others, which are printed.
    private static let seed: UInt64 = rounds == 1 ? 20_261_122 : UInt64.random(in: 0...UInt64.max)

    private static let people = 100

    private func refused(
        _ material: String, _ known: KnownPeople, files: (inout SeededGenerator) -> [[UInt8]]
    ) throws {
        var generator = SeededGenerator(seed: Self.seed)
        var (hits, trials, bytes) = (0, 0, 0)
        for _ in 0..<Self.rounds {
            let search = try ResidualSearch(for: known.identity(Self.people, &generator), dates: .none)
            for file in files(&generator) {
                let result = try search.search(file)
                (hits, trials, bytes) = (hits + result.hitCount, trials + Self.people, bytes + file.count)
                #expect(result.isClean, "seed \(Self.seed) \(material), \(known.testDescription): \(result.hits)")
            }
        }
        print(
            "false refusals: \(material), \(known.testDescription): \(hits) of \(trials) patients and files, \(bytes) bytes"
        )
    }

    @Test(arguments: KnownPeople.all)
    func `Headers with pseudonyms are clean`(known: KnownPeople) throws {
        try refused("headers", known) { generator in
            (0..<200).map { _ in
                var file = CleanFile.make(&generator, pixels: 16)
                file.syntax = .explicit
                file.elements += [
                    .init(0x0010_0021, "LO", CleanFile.hex(&generator, 26)),
                    .init(
                        0x0008_1140,
                        items: (0..<8).map { _ in
                            [.init(0x0008_1155, "UI", CleanFile.uuid(&generator))]
                        }),
                ]
                return file.bytes
            }
        }
    }

    @Test(arguments: KnownPeople.all)
    func `Codestreams and binary values of random bytes are clean`(known: KnownPeople) throws {
        try refused("random bytes", known) { generator in
            [
                Streams.file([Streams.jpeg(size: 200_000, &generator)], syntax: "1.2.840.10008.1.2.4.50"),
                Streams.file([Streams.jpeg2000(size: 10_000, &generator)], syntax: "1.2.840.10008.1.2.4.90"),
                Streams.file([Streams.random(300_000, &generator)], syntax: "1.2.840.10008.1.2.4.203"),
                WrittenFile(elements: [
                    .init(0x0028_1201, "OW", Streams.random(60_000, &generator)),
                    .init(0x7FE0_0010, "OW", Streams.random(300_000, &generator)),
                ]).bytes,
            ]
        }
    }

    @Test(.enabled(if: !Samples.pixels.isEmpty, "../shared/data/dicom-samples is not here"), arguments: KnownPeople.all)
    func `The pixel data of real files are clean`(known: KnownPeople) throws {
        try refused("real pixel data", known) { _ in Samples.pixels }
    }
}

/// Files of ../shared/data/dicom-samples, without their headers.
enum Samples {
    static let pixels: [[UInt8]] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data/dicom-samples")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".dcm") }.sorted().compactMap { name in
            guard let data = try? Data(contentsOf: folder.appendingPathComponent(name)) else { return nil }
            return pixels(of: [UInt8](data))
        }
    }()

    /// From the last Pixel Data element on; those of explicit VR little endian only.
    private static func pixels(of file: [UInt8]) -> [UInt8]? {
        guard let syntax = Data(file.prefix(1000)).range(of: Data([2, 0, 0x10, 0, 0x55, 0x49])) else { return nil }
        let length = Int(file[syntax.upperBound])
        let uid = String(decoding: file[(syntax.upperBound + 2)..<(syntax.upperBound + 2 + length)], as: UTF8.self)
        let starts: [[UInt8]] = [[0xE0, 0x7F, 0x10, 0, 0x4F, 0x57, 0, 0], [0xE0, 0x7F, 0x10, 0, 0x4F, 0x42, 0, 0]]
        let found = starts.compactMap { Data(file).range(of: Data($0), options: .backwards)?.lowerBound }.max()
        guard let start = found, !uid.hasSuffix(".2.2"), !uid.hasSuffix(".99") else { return nil }
        let meta = WrittenFile.write(.init(0x0002_0010, "UI", uid.filter { $0 != "\0" }), .explicit)
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + meta + file[start...]
    }
}
