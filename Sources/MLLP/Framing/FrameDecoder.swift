public import NIOCore

/// What the decoder found in the bytes.
public enum FrameEvent: Sendable, Equatable {
    /// One whole frame.
    case frame(Frame)
    /// Bytes that are no frame.
    case refused(RefusedBytes)
}

/// The receiving side of MLLP release 1 as a value: bytes in, events out, one event a call.
///
/// However the bytes are cut into buffers, the same events come out in the same order. The decoder never holds more
/// than its ``FrameLimits`` and never looks inside the content.
public struct FrameDecoder: Sendable {
    private enum State {
        case outside
        case collecting
        case endBlockSeen
        case finished
    }

    private let limits: FrameLimits
    private var state = State.outside
    private var content: [UInt8] = []
    private var junkCount = 0
    private var junkTotal = 0
    private var refusals = 0

    /// A decoder at the start of a connection.
    public init(limits: FrameLimits = FrameLimits()) {
        self.limits = limits
    }

    /// A frame has begun and is not complete.
    public var isInsideFrame: Bool { state == .collecting || state == .endBlockSeen }
    /// EB has come, and only the CR is missing.
    public var isAwaitingCarriageReturn: Bool { state == .endBlockSeen }
    /// A refusal ended the connection: further bytes are passed over.
    public var isFinished: Bool { state == .finished }

    /// Consumes bytes up to and including the next event; nil when all were consumed without one.
    public mutating func decode(_ buffer: inout ByteBuffer) -> FrameEvent? {
        while buffer.readableBytes > 0 {
            let event =
                switch state {
                case .outside: passOver(&buffer)
                case .collecting: collect(&buffer)
                case .endBlockSeen: complete(&buffer)
                case .finished: discard(&buffer)
                }
            if let event { return event }
        }
        return nil
    }

    /// Silence after EB: the sender leaves out the CR and waits for its answer. Nil in every other state.
    public mutating func settle() -> FrameEvent? {
        guard state == .endBlockSeen else { return nil }
        return frame(ending: .withoutCarriageReturn, next: .outside)
    }

    /// The end of the connection: reports what was left over. Nothing comes afterwards.
    public mutating func finish() -> FrameEvent? {
        switch state {
        case .outside:
            guard junkCount > 0 else { return nil }
            return refuse(.junk, count: junkCount, next: .finished)
        case .collecting:
            return refuse(.truncated, count: content.count, next: .finished)
        case .endBlockSeen:
            return frame(ending: .withoutCarriageReturn, next: .finished)
        case .finished:
            return nil
        }
    }

    private mutating func passOver(_ buffer: inout ByteBuffer) -> FrameEvent? {
        let view = buffer.readableBytesView
        let start = view.firstIndex(of: ControlByte.startBlock)
        let passed = view.prefix(upTo: start ?? view.endIndex)
        let overrun = keepJunk(passed)
        buffer.moveReaderIndex(forwardBy: overrun ?? passed.count)
        if overrun != nil { return refuse(.junk, count: junkCount, next: .finished) }
        guard start != nil else { return nil }
        buffer.moveReaderIndex(forwardBy: 1)
        guard junkCount > 0 else {
            state = .collecting
            return nil
        }
        return refuse(.junk, count: junkCount, next: .collecting)
    }

    /// Line ends that directly follow a frame are passed over silently: many senders add them.
    /// Returns how many bytes were used when the limit was reached.
    private mutating func keepJunk(_ bytes: ByteBufferView) -> Int? {
        var bytes = bytes
        if junkCount == 0 {
            bytes = bytes.drop { $0 == ControlByte.carriageReturn || $0 == ControlByte.lineFeed }
        }
        let allowed = limits.maximumJunk - junkTotal
        let taken = bytes.prefix(allowed + 1)
        content.append(contentsOf: taken.prefix(max(0, limits.maximumKept - content.count)))
        junkCount += taken.count
        junkTotal += taken.count
        return taken.count > allowed ? taken.endIndex - bytes.startIndex + (bytes.startIndex - 0) : nil
    }
}
