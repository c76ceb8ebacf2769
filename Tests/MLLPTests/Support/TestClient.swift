import NIOCore
import NIOPosix
import NIOSSL

/// A plain TCP or TLS client that sends bytes and reads replies, framing by hand.
struct TestClient {
    let channel: any Channel
    private let reader: NIOLoopBound<ReplyReader>

    static func connect(port: Int, tls: NIOSSLContext? = nil) async throws -> TestClient {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    let reader = ReplyReader()
                    try channel.pipeline.syncOperations.addHandler(reader)
                    return TestClient(channel: channel, reader: NIOLoopBound(reader, eventLoop: channel.eventLoop))
                }
            }
    }

    /// Sends the bytes, reads until `replies` frames have come or the peer closes, and returns the bytes read.
    /// Closes the connection, unless it is kept for another exchange.
    func exchange(
        _ bytes: [UInt8], replies: Int, endOutput: Bool = false, keepOpen: Bool = false
    ) async throws -> [UInt8] {
        let received = channel.eventLoop.makePromise(of: [UInt8].self)
        channel.eventLoop.execute { [reader] in reader.value.expect(replies, received) }
        // Where the peer is gone, the reader tells what came before.
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        if endOutput { channel.close(mode: .output, promise: nil) }
        let result = try await received.futureResult.get()
        if !keepOpen { await close() }
        return result
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    func close() async {
        channel.close(promise: nil)
        try? await channel.closeFuture.get()
    }
}

/// Collects what comes until it is enough.
private final class ReplyReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var received: [UInt8] = []
    private var expected = 0
    private var promise: EventLoopPromise<[UInt8]>?
    private var isEnded = false
    private var failure: (any Error)?

    func expect(_ replies: Int, _ promise: EventLoopPromise<[UInt8]>) {
        expected = replies
        self.promise = promise
        settle()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += Array(unwrapInboundIn(data).readableBytesView)
        settle()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { end() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = error
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { end() }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    private func end() {
        isEnded = true
        settle()
    }

    private func settle() {
        guard let promise, isEnded || received.count(where: { $0 == 0x1C }) >= expected else { return }
        self.promise = nil
        if let failure, received.isEmpty { promise.fail(failure) } else { promise.succeed(received) }
        received = []
    }
}
