import Foundation
import SecondOpinion
import Testing

/// Files with an identifier in them, damaged around it. `IMAGING_GATEWAY_FUZZ=long` takes a million, a number so many.
@Suite("The second opinion under fuzz")
struct ReaderFuzzTests {
    static let seeds: [UInt64] = [31, 32, 33, 34, 35, 36, 37, 38]

    static var count: Int {
        switch ProcessInfo.processInfo.environment["IMAGING_GATEWAY_FUZZ"] {
        case "long": 1_000_000
        case let text?: Int(text) ?? 20_000
        case nil: 20_000
        }
    }

    private static let name = "Quuxwoman^Zebedee"

    @Test("A name that still stands in the bytes is found or the file refused, however it is cut")
    func mutations() async throws {
        let count = Self.count
        print(
            "second opinion fuzz: \(count) inputs, seeds \(Self.seeds) (IMAGING_GATEWAY_FUZZ=long or a number for more)"
        )
        var identity = KnownIdentity()
        try identity.add(name: Self.name)
        let search = try ResidualSearch(for: identity, dates: .none)
        let results = await withTaskGroup(of: [String: Int].self) { group in
            for seed in Self.seeds {
                group.addTask { await Self.run(count / Self.seeds.count, search, seed: seed) }
            }
            return await group.reduce(into: [:]) { all, one in all.merge(one, uniquingKeysWith: +) }
        }
        print("second opinion fuzz: \(results.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })")
        #expect(results["found", default: 0] > count / 4 && results.values.reduce(0, +) == count / 8 * 8)
    }

    @concurrent
    private static func run(_ count: Int, _ search: ResidualSearch, seed: UInt64) async -> [String: Int] {
        var generator = SeededGenerator(seed: seed)
        var results: [String: Int] = [:]
        let planted = Array(" \(name) ".utf8)
        let plantings: [Planting] = [
            .text, .deepItem, .privateText, .privateBinary, .unknown, .unknownItem, .fileMeta, .padding, .behindTheEnd,
        ]
        for round in 0..<count {
            var file = WrittenFile()
            file.syntax = [.explicit, .implicit, .bigEndian][round % 3]
            file.elements = [
                .init(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.1"), .init(0x0008_0018, "UI", "2.25.7"),
                .init(0x0028_0010, "US", [1, 0]), .init(0x7FE0_0010, "OW", [1, 2, 3, 4]),
            ]
            plantings[round / 3 % plantings.count].plant(planted, into: &file, &generator)
            let bytes = mutated(file.bytes, &generator)
            let whole = outcome { () throws(SecondOpinionError) in try search.search(bytes).isClean }
            let cut = outcome { () throws(SecondOpinionError) in
                var stream = search.begin()
                var rest = bytes[...]
                while !rest.isEmpty {
                    let piece = rest.prefix(Int.random(in: 1...400, using: &generator))
                    try stream.update(piece)
                    rest = rest.dropFirst(piece.count)
                }
                return try stream.finish().isClean
            }
            let stands = Data(bytes).range(of: Data(planted)) != nil
            guard whole == cut, !stands || whole != "clean" else {
                Issue.record("seed \(seed) round \(round): \(whole), cut \(cut), \(Data(bytes).base64EncodedString())")
                return results
            }
            results[whole, default: 0] += 1
        }
        return results
    }

    private static func outcome(_ search: () throws(SecondOpinionError) -> Bool) -> String {
        do throws(SecondOpinionError) {
            return try search() ? "clean" : "found"
        } catch {
            return "refused"
        }
    }

    /// Damage behind the preamble.
    private static func mutated(
        _ original: [UInt8], _ generator: inout SeededGenerator
    ) -> [UInt8] {
        var bytes = original
        for _ in 0...Int.random(in: 0...2, using: &generator) {
            let place = Int.random(in: 128..<bytes.count, using: &generator)
            switch Int.random(in: 0...5, using: &generator) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 2: bytes[place] &+= 2
            case 3:
                bytes.removeSubrange(
                    place..<min(place + Int.random(in: 1...12, using: &generator), bytes.count))
            case 4: bytes.insert(contentsOf: [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0], at: place)
            default: bytes.insert(contentsOf: [0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF], at: place)
            }
            guard bytes.count > 140 else { return original }
        }
        return bytes
    }
}
