internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Tells when TLS is agreed upon, so that what fails before is told apart from a reply that did not come.
final class HandshakeHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let agreed: EventLoopPromise<Void>

    init(agreed: EventLoopPromise<Void>) {
        self.agreed = agreed
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.handshakeCompleted) = event as? TLSUserEvent { agreed.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        agreed.fail(error)
        context.fireErrorCaught(error)
    }

    /// Also when the connection was never made.
    func handlerRemoved(context: ChannelHandlerContext) {
        agreed.fail(ChannelError.eof)
    }

    func channelInactive(context: ChannelHandlerContext) {
        agreed.fail(ChannelError.eof)
        context.fireChannelInactive()
    }
}
