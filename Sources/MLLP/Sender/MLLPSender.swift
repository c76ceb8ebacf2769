internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Sends messages, each on a connection of its own, and returns the reply to each.
///
/// One connection a message costs a little time and leaves no question to which message a reply belongs.
public struct MLLPSender: Sendable {
    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private let configuration: SenderConfiguration

    /// A sender to one receiver.
    public init(configuration: SenderConfiguration) {
        self.configuration = configuration
    }

    /// Sends one message and waits for one frame, whose content is returned.
    ///
    /// - Throws: `notConnected`, `tls`, `tlsFile`, `unframeable` when nothing was sent; `noReply` and `malformedReply`
    ///   when the message may have arrived. A cancelled task ends with `tls` during the handshake,
    ///   with `noReply` after it.
    public func send(_ message: [UInt8]) async throws(MLLPError) -> [UInt8] {
        guard !message.contains(where: { $0 == ControlByte.startBlock || $0 == ControlByte.endBlock }) else {
            throw MLLPError(code: .unframeable)
        }
        let connection = try await connect()
        let channel = connection.channel
        let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(configuration.replyTimeout)) {
            channel.close(promise: nil)
        }
        defer { deadline.cancel() }
        let event: FrameEvent?
        do {
            event = try await connection.executeThenClose { replies, messages in
                try await messages.write(framed(message))
                return try await firstEvent(in: replies)
            }
        } catch {
            throw MLLPError(code: .noReply)
        }
        switch event {
        case .frame(let frame): return frame.bytes
        case .refused(let bytes): throw MLLPError(code: bytes.reason == .truncated ? .noReply : .malformedReply)
        case nil: throw MLLPError(code: .noReply)
        }
    }

    private func connect() async throws(MLLPError) -> Connection {
        let tls: NIOSSLContext?
        do {
            tls = try configuration.tls?.context()
        } catch {
            throw MLLPError(code: .tlsFile)
        }
        let (connection, agreed) = try await open(tls)
        guard let agreed else { return connection }
        let channel = connection.channel
        let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(configuration.connectTimeout)) {
            channel.close(promise: nil)
        }
        defer { deadline.cancel() }
        do {
            try await withTaskCancellationHandler {
                try await agreed.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            channel.close(promise: nil)
            try? await connection.executeThenClose { _, _ in }
            throw MLLPError(code: .tls)
        }
        return connection
    }

    /// A connection and, with TLS, what tells that the handshake is done.
    private func open(_ tls: NIOSSLContext?) async throws(MLLPError) -> (Connection, EventLoopFuture<Void>?) {
        do {
            return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(TimeAmount(configuration.connectTimeout))
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .connect(host: configuration.host, port: configuration.port) { [configuration] channel in
                    channel.eventLoop.makeCompletedFuture {
                        let agreed = try tls.map { try Self.secure(channel, with: $0, host: configuration.host) }
                        return (try Connection(wrappingChannelSynchronously: channel), agreed)
                    }
                }
        } catch {
            throw MLLPError(code: .notConnected)
        }
    }

    private static func secure(
        _ channel: any Channel, with tls: NIOSSLContext, host: String
    ) throws -> EventLoopFuture<Void> {
        // An address is no server name; NIOSSL then compares it with the certificate's addresses.
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        let client = try NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host)
        let agreed = channel.eventLoop.makePromise(of: Void.self)
        do {
            try channel.pipeline.syncOperations.addHandlers([client, HandshakeHandler(agreed: agreed)])
        } catch {
            agreed.fail(error)
            throw error
        }
        return agreed.futureResult
    }

    private func firstEvent(in replies: NIOAsyncChannelInboundStream<ByteBuffer>) async throws -> FrameEvent? {
        var decoder = FrameDecoder(limits: configuration.limits)
        for try await part in replies {
            var part = part
            if let event = decoder.decode(&part) { return event }
        }
        return decoder.finish()
    }

    private func framed(_ message: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(message.count + 3)
        buffer.writeInteger(ControlByte.startBlock)
        buffer.writeBytes(message)
        buffer.writeInteger(ControlByte.endBlock)
        buffer.writeInteger(ControlByte.carriageReturn)
        return buffer
    }
}
