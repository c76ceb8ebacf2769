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
        let passed = view[..<(start ?? view.endIndex)]
        buffer.moveReaderIndex(forwardBy: passed.count)
        guard keepJunk(passed) else { return refuse(.junk, count: junkCount, next: .finished) }
        guard start != nil else { return nil }
        buffer.moveReaderIndex(forwardBy: 1)
        if junkCount > 0 { return refuse(.junk, count: junkCount, next: .collecting) }
        state = .collecting
        return nil
    }

    /// Line ends that directly follow a frame are passed over silently: many senders add them.
    /// False when there is more than the connection may send.
    private mutating func keepJunk(_ bytes: ByteBufferView) -> Bool {
        var bytes = bytes
        if junkCount == 0 {
            bytes = bytes.drop { $0 == ControlByte.carriageReturn || $0 == ControlByte.lineFeed }
        }
        let allowed = max(0, limits.maximumJunk - junkTotal)
        let taken = bytes.prefix(allowed + 1)
        content.append(contentsOf: taken.prefix(max(0, limits.maximumKept - content.count)))
        junkCount += taken.count
        junkTotal += taken.count
        return taken.count <= allowed
    }

    private mutating func collect(_ buffer: inout ByteBuffer) -> FrameEvent? {
        let view = buffer.readableBytesView
        // Two searches for one byte each are searches of whole words; one for either is not.
        let endBlock = view.firstIndex(of: ControlByte.endBlock) ?? view.endIndex
        let part = view[..<(view[..<endBlock].firstIndex(of: ControlByte.startBlock) ?? endBlock)]
        content.append(contentsOf: part.prefix(limits.maximumFrame + 1 - content.count))
        buffer.moveReaderIndex(forwardBy: part.count)
        if content.count > limits.maximumFrame { return refuse(.oversize, count: content.count, next: .finished) }
        guard let terminator = buffer.readInteger(as: UInt8.self) else { return nil }
        if terminator == ControlByte.startBlock {
            return refuse(.truncated, count: content.count, next: .collecting)
        }
        state = .endBlockSeen
        return nil
    }

    private mutating func complete(_ buffer: inout ByteBuffer) -> FrameEvent? {
        switch buffer.readInteger(as: UInt8.self) {
        case ControlByte.carriageReturn:
            return frame(ending: .complete, next: .outside)
        case ControlByte.startBlock:
            return frame(ending: .withoutCarriageReturn, next: .collecting)
        case .some:
            return refuse(.endBlockInContent, count: content.count, next: .outside)
        case nil:
            return nil
        }
    }

    private func discard(_ buffer: inout ByteBuffer) -> FrameEvent? {
        buffer.moveReaderIndex(forwardBy: buffer.readableBytes)
        return nil
    }

    private mutating func frame(ending: Frame.Ending, next: State) -> FrameEvent {
        let frame = Frame(bytes: content, ending: ending)
        content = []
        junkTotal = 0
        refusals = 0
        state = next
        return .frame(frame)
    }

    private mutating func refuse(_ reason: RefusedBytes.Reason, count: Int, next: State) -> FrameEvent {
        refusals += 1
        state = refusals > limits.maximumRefusals ? .finished : next
        let refused = RefusedBytes(
            reason: reason, bytes: Array(content.prefix(limits.maximumKept)), count: count,
            endsConnection: state == .finished)
        content = []
        junkCount = 0
        return .refused(refused)
    }
}
