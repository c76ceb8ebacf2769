internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// One connection on its event loop: decodes frames, hands over one event at a time and reads no further until that
/// event has its ``FrameReply`` and the socket has taken it, so that memory per connection is one frame, one socket
/// read and one reply.
final class FrameHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ReceivedEvent
    typealias OutboundIn = FrameReply
    typealias OutboundOut = ByteBuffer

    /// Outbound event of an orderly stop: answer what is in work, then close.
    struct FinishAndClose: Sendable {}

    private enum Phase {
        /// The TLS handshake is not over.
        case securing
        /// Bytes are read.
        case receiving
        /// An event waits for its reply.
        case answering
        /// The socket has not taken the whole reply.
        case replying
    }

    private let state: ListenerState
    private let release2: Bool
    private let idleTimeout: TimeAmount
    private let carriageReturnTimeout: TimeAmount
    private let handshakeTimeout: TimeAmount
    private var decoder: FrameDecoder
    private var undecoded = ByteBuffer()
    private var remoteAddress = "unknown"
    private var identity: ConnectionIdentity?
    private var phase: Phase
    private var isRefusalInWork = false
    private var isReadWanted = false
    private var isInputEnded = false
    private var isClosing = false
    private var wasInsideFrame = false
    private var deadline: Deadline?

    init(configuration: ListenerConfiguration, state: ListenerState) {
        self.state = state
        release2 = configuration.release2
        decoder = FrameDecoder(limits: configuration.limits)
        idleTimeout = TimeAmount(configuration.idleTimeout)
        carriageReturnTimeout = TimeAmount(configuration.carriageReturnTimeout)
        handshakeTimeout = TimeAmount(configuration.handshakeTimeout)
        phase = configuration.tls == nil ? .receiving : .securing
    }

    func channelActive(context: ChannelHandlerContext) {
        remoteAddress = context.channel.remoteIPAddress
        deadline = Deadline(context.eventLoop) { self.expire(context) }
        armDeadline()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if undecoded.readableBytes == 0 { undecoded = bytes } else { undecoded.writeBuffer(&bytes) }
        advance(context)
    }

    func read(context: ChannelHandlerContext) {
        switch phase {
        case .securing, .receiving: context.read()
        case .answering, .replying: isReadWanted = true
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let reply = unwrapOutboundIn(data)
        // What is refused is never acknowledged, by a commit neither.
        let content = isRefusalInWork ? nil : reply.content(release2: release2)
        isClosing = isClosing || reply.closes(release2: release2)
        guard let content else {
            promise?.succeed()
            return replied(context)
        }
        phase = .replying
        armDeadline()
        let written = context.writeAndFlush(wrapOutboundOut(framed(content, context.channel.allocator)))
        written.cascade(to: promise)
        written.assumeIsolated().whenComplete { _ in self.replied(context) }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is FinishAndClose else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        isClosing = true
        switch phase {
        case .securing, .receiving: close(context)
        case .answering, .replying: break
        }
        promise?.succeed()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            isInputEnded = true
            advance(context)
        } else if case .handshakeCompleted? = event as? TLSUserEvent, phase == .securing {
            phase = .receiving
            armDeadline()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        // The gate no longer matters: what is left over is one refusal at most. A whole frame that could not be
        // answered any more is dropped, for its sender will send it again.
        if case .refused(let bytes)? = decoder.finish() { deliver(.refused(bytes), context) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if phase == .securing { refuseHandshake(error.tlsReason, context) }
        close(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
    }
}

extension FrameHandler {
    private func advance(_ context: ChannelHandlerContext) {
        while isReceiving, undecoded.readableBytes > 0 {
            guard let event = decoder.decode(&undecoded) else { break }
            deliver(event, context)
        }
        if undecoded.readableBytes == 0 { undecoded = ByteBuffer() }
        guard isReceiving else { return }
        if isInputEnded { return endInput(context) }
        if decoder.isInsideFrame != wasInsideFrame || decoder.isAwaitingCarriageReturn {
            wasInsideFrame = decoder.isInsideFrame
            armDeadline()
        }
    }

    private var isReceiving: Bool { phase == .receiving || phase == .securing }

    /// The peer sends no more: what was begun is reported, what was asked is answered, then the connection is closed.
    private func endInput(_ context: ChannelHandlerContext) {
        if let event = decoder.finish() { deliver(event, context) }
        guard isReceiving else { return }
        close(context)
    }

    private func deliver(_ event: FrameEvent, _ context: ChannelHandlerContext) {
        let received: ReceivedEvent
        switch event {
        case .frame(let frame):
            if release2, let isPositive = frame.bytes.commitAcknowledgement { return noteCommit(isPositive) }
            state.count {
                $0.frames += 1
                if frame.ending == .withoutCarriageReturn { $0.framesWithoutCarriageReturn += 1 }
            }
            isRefusalInWork = false
            received = .frame(ReceivedFrame(bytes: frame.bytes, connection: identity(context)))
        case .refused(var bytes):
            bytes.connection = identity(context)
            state.count { $0.refusals[bytes.reason, default: 0] += 1 }
            isRefusalInWork = true
            received = .refused(bytes)
        }
        phase = .answering
        deadline?.clear()
        context.fireChannelRead(wrapInboundOut(received))
        context.fireChannelReadComplete()
    }

    /// The peer confirms a reply; nothing is asked.
    private func noteCommit(_ isPositive: Bool) {
        state.count { if isPositive { $0.peerCommits += 1 } else { $0.peerNegativeCommits += 1 } }
        armDeadline()
    }

    /// The event that was in work is done with.
    private func replied(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        phase = .receiving
        if isClosing { return close(context) }
        wasInsideFrame = false
        armDeadline()
        advance(context)
        guard isReceiving, isReadWanted else { return }
        isReadWanted = false
        context.read()
    }

    /// Asked for with the first event: the TLS handshake is over by then, or has failed.
    private func identity(_ context: ChannelHandlerContext) -> ConnectionIdentity {
        if let identity { return identity }
        // A certificate that did not pass is not the peer's.
        let certificate =
            phase == .securing ? nil : try? context.channel.pipeline.syncOperations.nioSSL_peerCertificate()
        let identity = ConnectionIdentity(
            remoteAddress: remoteAddress, certificate: certificate.flatMap { PeerCertificate($0) })
        self.identity = identity
        return identity
    }

    private func refuseHandshake(_ detail: String, _ context: ChannelHandlerContext) {
        var refused = RefusedBytes(reason: .tls, bytes: [], count: 0, endsConnection: true)
        refused.detail = detail
        deliver(.refused(refused), context)
    }

    private func framed(
        _ content: (commit: UInt8?, message: [UInt8]?), _ allocator: ByteBufferAllocator
    ) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: 7 + (content.message?.count ?? 0))
        if let commit = content.commit { buffer.writeFrame(CollectionOfOne(commit)) }
        if let message = content.message { buffer.writeFrame(message) }
        return buffer
    }

    private func close(_ context: ChannelHandlerContext) {
        deadline?.cancel()
        context.close(promise: nil)
    }

    /// One deadline for the phase the connection is in, so that neither silence nor a byte now and then nor a peer that
    /// does not take its reply holds it.
    private func armDeadline() {
        let delay =
            switch phase {
            case .securing: handshakeTimeout
            case .receiving where decoder.isAwaitingCarriageReturn: carriageReturnTimeout
            case .receiving, .answering, .replying: idleTimeout
            }
        deadline?.set(in: delay)
    }

    private func expire(_ context: ChannelHandlerContext) {
        if phase == .receiving, let event = decoder.settle() {
            deliver(event, context)
            // A commit of the peer without its CR asks for nothing.
            return advance(context)
        }
        if phase == .securing { refuseHandshake("TIMEOUT", context) }
        state.count { $0.idleConnections += 1 }
        close(context)
    }
}

extension Channel {
    /// The peer's address without the port; "unknown" where the transport has none.
    var remoteIPAddress: String { remoteAddress?.ipAddress ?? "unknown" }
}

extension ByteBuffer {
    /// Appends SB, the content, EB and CR.
    mutating func writeFrame(_ content: some Sequence<UInt8>) {
        writeInteger(ControlByte.startBlock)
        writeBytes(content)
        writeInteger(ControlByte.endBlock)
        writeInteger(ControlByte.carriageReturn)
    }
}
