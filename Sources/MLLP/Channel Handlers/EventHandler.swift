internal import NIOCore

/// Stands at the far end of a connection's pipeline and hands its events to the task that serves it.
final class EventHandler: ChannelInboundHandler {
    typealias InboundIn = ReceivedEvent

    private let events: AsyncStream<ReceivedEvent>.Continuation

    init(_ events: AsyncStream<ReceivedEvent>.Continuation) {
        self.events = events
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        events.yield(unwrapInboundIn(data))
    }

    /// Also for a connection that was refused, so that nobody waits for it.
    func handlerRemoved(context: ChannelHandlerContext) {
        events.finish()
    }
}
