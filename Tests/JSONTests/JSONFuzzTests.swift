import JSON
import Testing

/// SplitMix64: the same numbers on every machine.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("JSON: seeded mutations")
struct JSONFuzzTests {
    private static let seed: UInt64 = 0x8259
    private static let corpus: [[UInt8]] =
        RFC8259Cases.accepted.map { Array($0.0.utf8) } + RFC8259Cases.rejected.map(\.bytes) + [
            Array(
                #"{"resourceType":"Patient","name":[{"family":"Ä\u00e9","given":["A",null]}],"x":[1.5,-2e3,{}]}"#.utf8)
        ]
    private static let dictionary: [[UInt8]] = [
        Array("\"".utf8), Array(#"\u"#.utf8), Array(#"\ud83d"#.utf8), Array("[[[".utf8), Array("}]".utf8), [0xC3],
        [0xF0, 0x9F],
        Array("1e9".utf8), Array(",".utf8), Array(":".utf8), [0], [0x0A],
    ]

    private func mutate(_ input: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = input
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where at < bytes.count: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1 where at < bytes.count: bytes.remove(at: at)
            case 2: bytes.insert(contentsOf: Self.dictionary.randomElement(using: &random) ?? [], at: at)
            case 3: bytes.removeLast(bytes.count - at)
            default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 8)], at: at)
            }
        }
        return bytes
    }

    @Test func `what is accepted is written and read back equal, what is refused names a place inside the text`() throws
    {
        var random = SeededGenerator(state: Self.seed)
        var accepted = 0
        for round in 0..<30_000 {
            let bytes = mutate(Self.corpus.randomElement(using: &random) ?? [], &random)
            do throws(JSONError) {
                let value = try JSONValue(parsing: bytes)
                accepted += 1
                for style in [JSONStyle.compact, .canonical, .pretty] {
                    #expect(
                        try JSONValue(parsing: value.serialized(style)) == value, "seed \(Self.seed) round \(round)")
                }
            } catch {
                #expect((0...bytes.count).contains(error.offset), "seed \(Self.seed) round \(round): \(error)")
            }
        }
        print("JSON fuzz: seed \(Self.seed), \(accepted) of 30000 accepted")
        #expect(accepted > 1_000)
        #expect(accepted < 29_000)
    }
}
