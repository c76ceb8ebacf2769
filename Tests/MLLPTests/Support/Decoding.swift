import MLLP
import NIOCore

/// Feeds the pieces to a new decoder and collects every event, the one at the end of the input included.
func decode(_ pieces: [[UInt8]], limits: FrameLimits = FrameLimits()) -> [FrameEvent] {
    var decoder = FrameDecoder(limits: limits)
    var events: [FrameEvent] = []
    for piece in pieces {
        var buffer = ByteBuffer(bytes: piece)
        while let event = decoder.decode(&buffer) { events.append(event) }
    }
    if let event = decoder.finish() { events.append(event) }
    return events
}

func cut(_ bytes: [UInt8], using generator: inout some RandomNumberGenerator) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
        let end = min(bytes.count, start + Int.random(in: 1...7, using: &generator))
        pieces.append(Array(bytes[start..<end]))
        start = end
    }
    return pieces
}

func frame(_ text: String) -> [UInt8] { [0x0B] + Array(text.utf8) + [0x1C, 0x0D] }

extension FrameEvent {
    static func whole(_ text: String, _ ending: Frame.Ending = .complete) -> FrameEvent {
        .frame(Frame(bytes: Array(text.utf8), ending: ending))
    }

    static func no(
        _ reason: RefusedBytes.Reason, _ text: String, count: Int? = nil, ends: Bool = false
    ) -> FrameEvent {
        let bytes = Array(text.utf8)
        return .refused(
            RefusedBytes(reason: reason, bytes: bytes, count: count ?? bytes.count, endsConnection: ends))
    }
}
