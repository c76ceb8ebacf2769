internal import NIOCore

/// A sender's connection on its event loop: writes one message at a time and waits for the frame that answers it.
///
/// A frame that does not is counted and dropped, whenever it comes. The time-out of a reply closes the connection, so
/// that what comes late never meets the next message.
final class ReplyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Decides whether the content of a frame answers the message. Called on the event loop.
    typealias Match = @Sendable ([UInt8]) -> Bool

    private struct Exchange {
        let isReply: Match
        let promise: EventLoopPromise<[UInt8]>
    }

    private let counters: SenderCounts
    private let replyTimeout: TimeAmount
    private let carriageReturnTimeout: TimeAmount
    private var decoder: FrameDecoder
    private var exchange: Exchange?
    private var isCounted = false
    private var isEnded = false
    private var context: ChannelHandlerContext?
    private var replyDeadline: Deadline?
    private var silence: Deadline?

    init(_ configuration: SenderConfiguration, counters: SenderCounts) {
        self.counters = counters
        replyTimeout = TimeAmount(configuration.replyTimeout)
        carriageReturnTimeout = TimeAmount(configuration.carriageReturnTimeout)
        decoder = FrameDecoder(limits: configuration.limits)
    }

    /// Fails with `notConnected` when nothing was written, with `noReply` or `malformedReply` afterwards.
    func send(_ message: [UInt8], isReply: @escaping Match, promise: EventLoopPromise<[UInt8]>) {
        guard let context, context.channel.isActive, exchange == nil, !isEnded else {
            return promise.fail(MLLPError(code: .notConnected))
        }
        exchange = Exchange(isReply: isReply, promise: promise)
        counters.count { $0.sent += 1 }
        replyDeadline?.set(in: replyTimeout)
        var frame = context.channel.allocator.buffer(capacity: message.count + 3)
        frame.writeFrame(message)
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        replyDeadline = Deadline(context.eventLoop) {
            self.counters.count { $0.timeouts += 1 }
            self.end(.noReply, context)
        }
        silence = Deadline(context.eventLoop) {
            if let event = self.decoder.settle() { self.receive(event, context) }
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        replyDeadline?.cancel()
        silence?.cancel()
        replyDeadline = nil
        silence = nil
        self.context = nil
        finish(.failure(MLLPError(code: .noReply)))
    }

    func channelActive(context: ChannelHandlerContext) {
        isCounted = true
        counters.count { $0.openConnections += 1 }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        silence?.clear()
        while let event = decoder.decode(&bytes) { receive(event, context) }
        if decoder.isAwaitingCarriageReturn { silence?.set(in: carriageReturnTimeout) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let event = decoder.finish() { receive(event, context) }
        finish(.failure(MLLPError(code: .noReply)))
        if isCounted { counters.count { $0.openConnections -= 1 } }
        isCounted = false
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func receive(_ event: FrameEvent, _ context: ChannelHandlerContext) {
        guard !isEnded else { return }
        switch event {
        case .frame(let frame):
            guard let exchange, exchange.isReply(frame.bytes) else {
                return counters.count { $0.foreignFrames += 1 }
            }
            counters.count { $0.replies += 1 }
            finish(.success(frame.bytes))
        case .refused(let refused):
            counters.count { $0.malformed += 1 }
            // A cut-off reply is none; anything else puts all that follows in doubt.
            end(refused.reason == .truncated ? .noReply : .malformedReply, context)
        }
    }

    private func end(_ code: MLLPError.Code, _ context: ChannelHandlerContext) {
        isEnded = true
        finish(.failure(MLLPError(code: code)))
        context.close(promise: nil)
    }

    private func finish(_ result: Result<[UInt8], MLLPError>) {
        replyDeadline?.clear()
        guard let exchange else { return }
        self.exchange = nil
        switch result {
        case .success(let reply): exchange.promise.succeed(reply)
        case .failure(let error): exchange.promise.fail(error)
        }
    }
}
