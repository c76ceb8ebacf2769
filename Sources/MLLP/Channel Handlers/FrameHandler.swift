internal import NIOCore
internal import NIOSSL

/// One connection on its event loop: decodes frames, hands over one event at a time and reads no further until that
/// event has its ``FrameReply``, so that memory per connection is one frame and one socket read.
final class FrameHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ReceivedEvent
    typealias OutboundIn = FrameReply
    typealias OutboundOut = ByteBuffer

    /// Outbound event of an orderly stop: answer what is in work, then close.
    struct FinishAndClose: Sendable {}

    private let state: ListenerState
    private let idleTimeout: TimeAmount
    private let carriageReturnTimeout: TimeAmount
    private var decoder: FrameDecoder
    private var undecoded = ByteBuffer()
    private var remoteAddress = "unknown"
    private var identity: ConnectionIdentity?
    private var isAnswering = false
    private var isReadWanted = false
    private var isInputEnded = false
    private var isInputEndForwarded = false
    private var isClosing = false
    private var wasInsideFrame = false
    private var deadline: Scheduled<Void>?

    init(configuration: ListenerConfiguration, state: ListenerState) {
        self.state = state
        decoder = FrameDecoder(limits: configuration.limits)
        idleTimeout = TimeAmount(configuration.idleTimeout)
        carriageReturnTimeout = TimeAmount(configuration.carriageReturnTimeout)
    }

    func channelActive(context: ChannelHandlerContext) {
        remoteAddress = context.channel.remoteIPAddress
        armDeadline(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        undecoded.writeBuffer(&bytes)
        advance(context)
    }

    func read(context: ChannelHandlerContext) {
        if isAnswering {
            isReadWanted = true
        } else {
            context.read()
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        isAnswering = false
        let reply = unwrapOutboundIn(data)
        if case .reply(let bytes) = reply {
            let written = context.write(wrapOutboundOut(framed(bytes, context.channel.allocator)))
            written.cascade(to: promise)
            if isClosing { return closeAfter(written, context) }
        } else {
            isClosing = isClosing || reply == .close
            promise?.succeed()
        }
        if isClosing { return close(context) }
        wasInsideFrame = false
        armDeadline(context)
        advance(context)
        resumeReading(context)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is FinishAndClose else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        isClosing = true
        if !isAnswering { close(context) }
        promise?.succeed()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            isInputEnded = true
            advance(context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        // The gate no longer matters: what is left over is one refusal at most. A whole frame that could not be
        // answered any more is dropped, for its sender will send it again.
        if case .refused(let bytes)? = decoder.finish() { deliver(.refused(bytes), context) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.handshakeFailed? = error as? NIOSSLError {
            deliver(
                .refused(RefusedBytes(reason: .handshakeFailed, bytes: [], count: 0, endsConnection: true)), context)
        }
        close(context)
    }
}

extension FrameHandler {
    private func advance(_ context: ChannelHandlerContext) {
        while !isAnswering, undecoded.readableBytes > 0 {
            guard let event = decoder.decode(&undecoded) else { break }
            deliver(event, context)
        }
        undecoded.discardReadBytes()
        guard !isAnswering else { return }
        if isInputEnded { return endInput(context) }
        if decoder.isInsideFrame != wasInsideFrame || decoder.isAwaitingCarriageReturn {
            wasInsideFrame = decoder.isInsideFrame
            armDeadline(context)
        }
    }

    private func endInput(_ context: ChannelHandlerContext) {
        if let event = decoder.finish() { return deliver(event, context) }
        guard !isInputEndForwarded else { return }
        isInputEndForwarded = true
        deadline?.cancel()
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    private func deliver(_ event: FrameEvent, _ context: ChannelHandlerContext) {
        isAnswering = true
        deadline?.cancel()
        let received: ReceivedEvent
        switch event {
        case .frame(let frame):
            state.count {
                $0.frames += 1
                if frame.ending == .withoutCarriageReturn { $0.framesWithoutCarriageReturn += 1 }
            }
            received = .frame(ReceivedFrame(bytes: frame.bytes, connection: identity(context)))
        case .refused(var bytes):
            bytes.connection = identity(context)
            state.count { $0.refusals[bytes.reason, default: 0] += 1 }
            received = .refused(bytes)
        }
        context.fireChannelRead(wrapInboundOut(received))
        context.fireChannelReadComplete()
    }

    private func resumeReading(_ context: ChannelHandlerContext) {
        guard isReadWanted, !isAnswering else { return }
        isReadWanted = false
        context.read()
    }

    /// Asked for with the first event: the TLS handshake is over by then, or has failed.
    private func identity(_ context: ChannelHandlerContext) -> ConnectionIdentity {
        if let identity { return identity }
        let certificate = try? context.channel.pipeline.syncOperations.nioSSL_peerCertificate()
        let identity = ConnectionIdentity(
            remoteAddress: remoteAddress, certificate: certificate.flatMap { PeerCertificate($0) })
        self.identity = identity
        return identity
    }

    private func framed(_ bytes: [UInt8], _ allocator: ByteBufferAllocator) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: bytes.count + 3)
        buffer.writeInteger(ControlByte.startBlock)
        buffer.writeBytes(bytes)
        buffer.writeInteger(ControlByte.endBlock)
        buffer.writeInteger(ControlByte.carriageReturn)
        return buffer
    }

    private func close(_ context: ChannelHandlerContext) {
        deadline?.cancel()
        context.close(promise: nil)
    }

    /// The last acknowledgement goes out whole, unless the peer does not take it within the idle time.
    private func closeAfter(_ written: EventLoopFuture<Void>, _ context: ChannelHandlerContext) {
        armDeadline(context)
        written.assumeIsolated().whenComplete { _ in self.close(context) }
        context.flush()
    }

    /// One deadline for the phase the connection is in, so that neither silence nor a byte now and then holds it.
    private func armDeadline(_ context: ChannelHandlerContext) {
        deadline?.cancel()
        let delay = decoder.isAwaitingCarriageReturn ? carriageReturnTimeout : idleTimeout
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { self.expire(context) }
    }

    private func expire(_ context: ChannelHandlerContext) {
        if let event = decoder.settle() { return deliver(event, context) }
        state.count { $0.idleConnections += 1 }
        close(context)
    }
}

/// What a connection hands to the gateway, each answered by exactly one ``FrameReply``.
enum ReceivedEvent: Sendable {
    case frame(ReceivedFrame)
    case refused(RefusedBytes)
}

extension Channel {
    /// The peer's address without the port; "unknown" where the transport has none.
    var remoteIPAddress: String { remoteAddress?.ipAddress ?? "unknown" }
}
