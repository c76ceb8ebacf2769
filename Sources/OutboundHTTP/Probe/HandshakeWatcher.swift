internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Waits for the end of a TLS handshake, tells until when the peer's certificate is valid, and closes the connection.
final class HandshakeWatcher: ChannelInboundHandler {
    typealias InboundIn = Any

    private var promise: EventLoopPromise<Int64?>?

    init(promise: EventLoopPromise<Int64?>) { self.promise = promise }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted? = event as? TLSUserEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        let tls = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
        finish(.success(tls?.peerCertificate.map { Int64($0.notValidAfter) }))
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.failure(error))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { finish(.failure(ChannelError.eof)) }

    // A connection that lost the race between two addresses never becomes active.
    func handlerRemoved(context: ChannelHandlerContext) { finish(.failure(ChannelError.eof)) }

    private func finish(_ result: Result<Int64?, any Error>) {
        promise?.completeWith(result)
        promise = nil
    }
}
