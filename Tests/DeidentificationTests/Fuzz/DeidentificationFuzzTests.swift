import DICOM
import Deidentification
import Foundation
import Testing

/// Headers with an identifier in each text, damaged where they stand. `IMAGING_GATEWAY_FUZZ=long` takes 200,000.
@Suite("De-identification under fuzz")
struct DeidentificationFuzzTests {
    static let seed: UInt64 = 20_261_122
    static let pieces = 8

    static var count: Int {
        switch ProcessInfo.processInfo.environment["IMAGING_GATEWAY_FUZZ"] {
        case "long": 200_000
        case let text?: Int(text) ?? 10_000
        case nil: 10_000
        }
    }

    /// Where words may stand that nobody knows to be an identifier: equipment, and what a code means.
    private static let kept: Set<Tag> = [
        .manufacturer, .manufacturerModelName, .softwareVersions, .codeValue, .codeMeaning, .codingSchemeDesignator,
        .codingSchemeVersion, .rescaleType, .modalityLUTType, Tag(0x0010, 0x2160),
    ]

    @Test("Mutated headers: a result without an identifier, or a refusal, never a crash")
    func mutations() async throws {
        let count = Self.count
        print(
            "de-identification fuzz: \(count) inputs, seed \(Self.seed) (IMAGING_GATEWAY_FUZZ=long or a number for more)"
        )
        let (original, words) = try Self.original()
        #expect(words.count > 40)
        let results = try await withThrowingTaskGroup(of: Int.self) { group in
            for piece in 0..<Self.pieces {
                group.addTask {
                    try await Self.run(
                        count / Self.pieces, original, words, seed: Self.seed &+ UInt64(piece) &* 0x9E37_79B9)
                }
            }
            return try await group.reduce(0, +)
        }
        print("de-identified \(results) of \(count)")
        #expect(results > count / 5)
    }

    /// The synthetic radiograph with a word of its own in each text, and in items; and these words.
    private static func original() throws -> (bytes: [UInt8], words: [[UInt8]]) {
        var words: [String] = []
        func word() -> String {
            words.append("zq\(String(UInt64(words.count + 1) &* 0x9E37_79B9_7F4A_7C15, radix: 36))x")
            return words[words.count - 1]
        }
        let kept = kept.union([.issuerOfPatientID])
        var header = SyntheticDX.header()
        let dictionary = try DataDictionary.standard()
        var item = DataSet()
        for tag in dictionary.knownTags.sorted() where tag.group >= 8 && !kept.contains(tag) {
            guard let vr = dictionary[tag]?.vr, [.LO, .SH, .PN, .LT, .ST, .UT].contains(vr), words.count < 120,
                tag.rawValue % 7 < 2
            else { continue }
            if words.count % 2 == 0 { header.set(tag, vr, word()) } else { item.set(tag, vr, word()) }
        }
        header.set(.viewCodeSequence, items: [item])
        return (try SyntheticDX.instance(header).serialized(), words.map { Array($0.utf8) })
    }

    @concurrent
    private static func run(_ count: Int, _ original: [UInt8], _ words: [[UInt8]], seed: UInt64) async throws -> Int {
        var generator = SplitMix(state: seed)
        let pseudonyms = try SyntheticDX.pseudonyms()
        var results = 0
        for _ in 0..<count {
            let bytes = mutated(original, &generator)
            guard let instance = try? Instance(parsing: bytes), let uid = instance.studyInstanceUID,
                let (result, _) = try? deidentify(
                    Study(studyInstanceUID: uid, instances: [instance]), pseudonyms: pseudonyms),
                let written = try? result.value.instances.first?.serialized()
            else { continue }
            results += 1
            for word in words where holds(written, word) {
                let places = places(of: word, in: instance.dataSet)
                guard !places.isSubset(of: kept) else { continue }
                Issue.record("seed \(seed): left from \(places), input \(Data(bytes).base64EncodedString())")
                return results
            }
        }
        return results
    }

    private static func mutated(_ original: [UInt8], _ generator: inout SplitMix) -> [UInt8] {
        var bytes = original
        for _ in 0...generator.below(3) {
            // The pixels are the last 512 bytes.
            let place = 132 + generator.below(bytes.count - 700)
            switch generator.below(6) {
            case 0: bytes[place] ^= 1 << UInt8(generator.below(8))
            case 1: bytes[place] &+= 2
            case 2: bytes.removeSubrange(place..<(place + 1 + generator.below(12)))
            case 3: bytes.insert(contentsOf: [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0], at: place)
            case 4:
                bytes.replaceSubrange(
                    place..<(place + 2), with: Array("UNSQLOPNDS".utf8)[(2 * generator.below(5))...].prefix(2))
            default: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
            }
        }
        return bytes
    }

    private static func holds(_ bytes: [UInt8], _ word: [UInt8]) -> Bool {
        var from = bytes.startIndex
        while let start = bytes[from...].firstIndex(of: word[0]) {
            if bytes[start...].starts(with: word) { return true }
            from = start + 1
        }
        return false
    }

    private static func places(of word: [UInt8], in dataSet: DataSet) -> Set<Tag> {
        let text = String(decoding: word, as: UTF8.self)
        return dataSet.reduce(into: []) { found, element in
            switch element.value {
            case .sequence(let items): for item in items { found.formUnion(places(of: word, in: item)) }
            case .text(let values): if values.contains(where: { $0.contains(text) }) { found.insert(element.tag) }
            case .bytes(let bytes), .undecodedText(let bytes): if holds(bytes, word) { found.insert(element.tag) }
            default: break
            }
        }
    }

    private struct SplitMix {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }

        mutating func below(_ count: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % max(count, 1) }
    }
}
