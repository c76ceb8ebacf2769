import MLLP
import Testing

@Suite("MLLP release 1, framing under fuzz")
struct FrameDecoderFuzzTests {
    private static let alphabet: [UInt8] = [0x0B, 0x0B, 0x1C, 0x1C, 0x0D, 0x0D, 0x0A, 0x41, 0x42, 0x7C, 0x00, 0xFF]

    @Test("Any cut of any bytes gives the same events", arguments: [1, 2, 3, 4] as [UInt64])
    func anyCut(seed: UInt64) {
        print("FrameDecoder fuzz seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let limits = FrameLimits(maximumFrame: 12, maximumJunk: 16, maximumKept: 6, maximumRefusals: 5)
        for round in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...48, using: &generator)).map { _ in
                Self.alphabet.randomElement(using: &generator) ?? 0
            }
            let whole = decode([bytes], limits: limits)
            let pieces = cut(bytes, using: &generator)
            let cuts = [pieces, bytes.map { [$0] }]
            guard !cuts.allSatisfy({ decode($0, limits: limits) == whole }) else { continue }
            Issue.record("seed \(seed) round \(round) bytes \(bytes)")
        }
    }

    @Test("A frame is never longer than the limit and never holds SB or EB", arguments: [5, 6] as [UInt64])
    func invariants(seed: UInt64) {
        print("FrameDecoder invariant seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let limits = FrameLimits(maximumFrame: 12, maximumJunk: 16, maximumKept: 6)
        for _ in 0..<5_000 {
            var bytes = frame("MSH|^~\\&|") + frame("B") + frame("CC")
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let position = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[position] = Self.alphabet.randomElement(using: &generator) ?? 0
            }
            for case .frame(let frame) in decode([bytes], limits: limits) {
                #expect(frame.bytes.count <= 12 && !frame.bytes.contains(0x0B) && !frame.bytes.contains(0x1C))
            }
            for case .refused(let refused) in decode([bytes], limits: limits) {
                #expect(refused.bytes.count <= 6)
            }
        }
    }
}
