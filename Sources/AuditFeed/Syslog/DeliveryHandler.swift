internal import Glibc
internal import NIOCore
internal import NIOSSL

/// Stands between the socket and TLS and carries ``DeliveryProof`` out: it sees how the connection itself ends.
final class DeliveryHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var proof = DeliveryProof()
    private let decided: EventLoopPromise<Void>
    private let isEncrypted: Bool
    private var context: ChannelHandlerContext?

    init(decided: EventLoopPromise<Void>, isEncrypted: Bool) {
        self.decided = decided
        self.isEncrypted = isEncrypted
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    /// This side ends its stream next.
    func beginClosing() { proof.beginClosing() }

    func fail(_ failure: DeliveryProof.Failure) { decide(proof.failed(failure)) }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        proof.wrote(unwrapOutboundIn(data).readableBytes)
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .output:
            // Not NIO's way: with its output closed a channel is gone at the receiver's end, before that is looked at.
            // With TLS the end of our stream is its close_notify, which is written already.
            if !isEncrypted { shutdownOutput(context) }
            promise?.succeed()
        // TLS has the receiver's word that it ends; whether it has read everything, only its system's end tells.
        case .all where proof.isClosing: promise?.succeed()
        case .all, .input: context.close(mode: mode, promise: promise)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            decide(proof.receiverEnded(unacknowledged: unacknowledged(context)))
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(.reset)
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.ended)
        context.fireChannelInactive()
    }

    /// Also when the connection was never made.
    func handlerRemoved(context: ChannelHandlerContext) {
        fail(.ended)
        self.context = nil
    }

    private func decide(_ result: Result<Void, DeliveryProof.Failure>?) {
        switch result {
        case .success: decided.succeed()
        case .failure(let failure): decided.fail(failure)
        case nil: return
        }
        // Here and not behind TLS, which would wait for the receiver's word.
        context?.close(promise: nil)
    }

    /// Every message is with the system when this is called.
    private func shutdownOutput(_ context: ChannelHandlerContext) {
        try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { socket in
            _ = Glibc.shutdown(socket, CInt(SHUT_WR))
        }
    }

    /// How many bytes the receiver's system has not acknowledged (tcp(7), SIOCOUTQ).
    private func unacknowledged(_ context: ChannelHandlerContext) -> Int? {
        let count = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { socket -> CInt? in
            var count: CInt = 0
            let status = unsafe ioctl(socket, UInt(TIOCOUTQ), &count)
            return status == 0 ? count : nil
        }
        return count.flatMap { $0 }.map { Int($0) }
    }
}

/// Stands behind TLS and tells the proof when TLS fails, as it does where the receiver refuses our certificate.
final class TLSFailureHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let delivery: DeliveryHandler

    init(delivery: DeliveryHandler) { self.delivery = delivery }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        // The receiver ended TCP without a word of TLS; what that is worth the proof decides.
        case NIOSSLError.uncleanShutdown: break
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: delivery.fail(.tls)
        default: delivery.fail(.reset)
        }
    }
}
