import MLLP
import NIOCore
import Testing

@Suite("MLLP framing, however the bytes are cut")
struct FrameDecoderSplitTests {
    private static let inputs: [[UInt8]] = [
        frame("A") + frame("B"),
        frame("") + [0x0D, 0x0A] + frame("AB"),
        [0x41] + frame("B") + [0x42, 0x0B, 0x43],
        [0x0B, 0x41, 0x1C, 0x0B, 0x42, 0x1C, 0x0D, 0x0D],
        [0x0B, 0x41, 0x1C, 0x42, 0x1C, 0x0D, 0x0B, 0x43, 0x1C],
        [0x0B, 0x0B, 0x0B, 0x41, 0x1C, 0x1C, 0x0D, 0x0B, 0x1C],
        [0x1C, 0x0D, 0x0B, 0x41, 0x42, 0x43, 0x44, 0x45, 0x1C, 0x0D],
        [0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x0B, 0x41, 0x1C, 0x0D],
    ]

    @Test("Every one of the possible cuts gives the same events", arguments: inputs)
    func everyCut(input: [UInt8]) {
        let limits = FrameLimits(maximumFrame: 4, maximumJunk: 6, maximumKept: 3, maximumRefusals: 2)
        let whole = decode([input], limits: limits)
        #expect(!whole.isEmpty)
        var differing: [Int] = []
        for cuts in 0..<(1 << (input.count - 1)) where decode(pieces(input, cuts), limits: limits) != whole {
            differing.append(cuts)
        }
        #expect(differing.isEmpty)
    }

    /// Cut after the bytes whose bits are set.
    private func pieces(_ input: [UInt8], _ cuts: Int) -> [[UInt8]] {
        var pieces: [[UInt8]] = [[]]
        for (index, byte) in input.enumerated() {
            pieces[pieces.count - 1].append(byte)
            if cuts >> index & 1 == 1 { pieces.append([]) }
        }
        return pieces
    }

    @Test("Messages that were framed come out as they were, in any cut", arguments: [1, 2] as [UInt64])
    func roundTrip(seed: UInt64) {
        print("FrameDecoder round trip seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let messages = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                (0..<Int.random(in: 0...300, using: &generator)).map { _ -> UInt8 in
                    let byte = UInt8.random(in: .min ... .max, using: &generator)
                    return byte == 0x0B || byte == 0x1C ? 0x20 : byte
                }
            }
            let bytes = messages.flatMap { [0x0B] + $0 + [0x1C, 0x0D] as [UInt8] }
            #expect(decode(cut(bytes, using: &generator)) == messages.map { .frame(Frame(bytes: $0)) })
        }
    }
}
