import MLLP
import NIOCore
import Testing

/// `IMAGING_GATEWAY_FUZZ=long` takes ten million inputs, `IMAGING_GATEWAY_FUZZ=N` takes N.
@Suite("MLLP framing under fuzz")
struct FrameDecoderFuzzTests {
    private static let alphabet: [UInt8] = [0x0B, 0x0B, 0x1C, 0x1C, 0x0D, 0x0D, 0x0A, 0x41, 0x42, 0x7C, 0x00, 0xFF]
    private static let limits = FrameLimits(maximumFrame: 12, maximumJunk: 16, maximumKept: 6, maximumRefusals: 5)

    @Test("Any bytes in any cut give the same events, within the limits", arguments: [1, 2, 3, 4] as [UInt64])
    func anyBytes(seed: UInt64) {
        let inputs = FuzzBudget.inputs(ordinary: 200_000) / 4
        print("FrameDecoder fuzz: \(inputs) inputs, seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var bytes: [UInt8] = []
        for number in 0..<inputs {
            Self.fill(&bytes, using: &generator)
            let whole = Self.decode(bytes, cutBy: nil)
            let cut = Self.decode(bytes, cutBy: generator.next() & generator.next())
            if whole == cut, whole.allSatisfy(Self.isWithinLimits) { continue }
            Issue.record("seed \(seed) input \(number): \(bytes)")
        }
    }

    /// Half of the inputs are any bytes, half are good frames with a few bytes changed.
    private static func fill(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
        let random = generator.next()
        bytes.removeAll(keepingCapacity: true)
        if random & 1 == 0 {
            for index in 0..<Int(random >> 8 % 40) { bytes.append(any(random, index, &generator)) }
        } else {
            bytes += good
            for index in 0...Int(random >> 8 % 3) {
                bytes[Int(generator.next() % UInt64(bytes.count))] = any(random, index, &generator)
            }
        }
    }

    private static let good = frame("MSH|^~\\&|") + frame("B") + frame("CC")

    private static func any(_ random: UInt64, _ index: Int, _ generator: inout SeededGenerator) -> UInt8 {
        alphabet[Int((random >> (UInt64(index) % 24) &+ generator.next()) % UInt64(alphabet.count))]
    }

    private static func isWithinLimits(_ event: FrameEvent) -> Bool {
        switch event {
        case .frame(let frame):
            frame.bytes.count <= limits.maximumFrame
                && frame.bytes.firstIndex { $0 == 0x0B || $0 == 0x1C } == nil
        case .refused(let refused):
            refused.bytes.count <= limits.maximumKept && refused.bytes.count <= refused.count
        }
    }

    /// A piece begins at each byte whose bit is set in `cuts`.
    private static func decode(_ bytes: [UInt8], cutBy cuts: UInt64?) -> [FrameEvent] {
        var decoder = FrameDecoder(limits: limits)
        var events: [FrameEvent] = []
        let whole = ByteBuffer(bytes: bytes)
        var start = 0
        while start < bytes.count {
            // The lowest bit above `start` that is set; beyond bit 63 there are no cuts.
            let left = start < 63 ? (cuts ?? 0) >> UInt64(start + 1) : 0
            let end = min(bytes.count, start + 1 + left.trailingZeroBitCount)
            guard var piece = whole.getSlice(at: start, length: end - start) else { break }
            while let event = decoder.decode(&piece) { events.append(event) }
            start = end
        }
        if let event = decoder.finish() { events.append(event) }
        return events
    }
}
