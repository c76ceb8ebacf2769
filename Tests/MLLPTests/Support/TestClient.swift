import NIOCore
import NIOPosix
import NIOSSL

/// A plain TCP or TLS client that sends bytes and reads replies, framing by hand.
struct TestClient {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    static func connect(port: Int, tls: NIOSSLContext? = nil) async throws -> TestClient {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: "localhost")
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return TestClient(channel: channel)
    }

    /// Sends the bytes, reads until `replies` frames have come or the peer closes, and returns the bytes read.
    func exchange(_ bytes: [UInt8], replies: Int, endOutput: Bool = false) async throws -> [UInt8] {
        try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: bytes))
            if endOutput { outbound.finish() }
            var received: [UInt8] = []
            guard replies > 0 else { return [] }
            for try await part in inbound {
                received += Array(part.readableBytesView)
                if received.count(where: { $0 == 0x1C }) >= replies { break }
            }
            return received
        }
    }
}
