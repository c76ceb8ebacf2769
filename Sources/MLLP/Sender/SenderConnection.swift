internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// One connection to a receiver, with TLS agreed upon where it is configured. Whoever opened it closes it.
struct SenderConnection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<ReplyHandler>

    /// Connects. Cancellation ends the attempt at once.
    ///
    /// - Throws: `notConnected`, `tls` or `tlsFile`; nothing was sent, nothing is left open.
    static func open(
        _ configuration: SenderConfiguration, counters: SenderCounts
    ) async throws(MLLPError) -> SenderConnection {
        let tls: NIOSSLContext?
        do {
            tls = try configuration.tls?.context()
        } catch {
            throw MLLPError(code: .tlsFile)
        }
        let (connection, agreed) = try await connect(configuration, tls, counters)
        if let agreed { try await connection.secure(agreed, within: TimeAmount(configuration.connectTimeout)) }
        return connection
    }

    /// Sends one message and returns the frame that answers it. One exchange at a time.
    ///
    /// - Throws: `notConnected` when nothing was sent; `noReply` or `malformedReply` when the message may have arrived,
    ///   then the connection is closed. So it is when the task is cancelled.
    func exchange(_ message: [UInt8], isReply: @escaping ReplyHandler.Match) async throws(MLLPError) -> [UInt8] {
        let promise = channel.eventLoop.makePromise(of: [UInt8].self)
        channel.eventLoop.execute { [handler] in
            handler.value.send(message, isReply: isReply, promise: promise)
        }
        do {
            return try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            throw error as? MLLPError ?? MLLPError(code: .noReply)
        }
    }

    /// Whether it is open, as far as is known.
    var isOpen: Bool { channel.isActive }

    /// Returns at once; what is in flight fails.
    func abort() {
        channel.close(promise: nil)
    }

    /// Returns when the connection is closed.
    func close() async {
        channel.close(promise: nil)
        try? await channel.closeFuture.get()
    }

    private func secure(_ agreed: EventLoopFuture<Void>, within timeout: TimeAmount) async throws(MLLPError) {
        let deadline = channel.eventLoop.scheduleTask(in: timeout) { [channel] in channel.close(promise: nil) }
        defer { deadline.cancel() }
        do {
            try await withTaskCancellationHandler {
                try await agreed.get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            await close()
            throw MLLPError(code: .tls)
        }
    }

    /// A connection and, with TLS, what tells that the handshake is done.
    private static func connect(
        _ configuration: SenderConfiguration, _ tls: NIOSSLContext?, _ counters: SenderCounts
    ) async throws(MLLPError) -> (SenderConnection, EventLoopFuture<Void>?) {
        let attempt = ConnectionAttempt()
        do {
            return try await withTaskCancellationHandler {
                try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                    .connectTimeout(TimeAmount(configuration.connectTimeout))
                    .channelOption(.socketOption(.tcp_nodelay), value: 1)
                    .connect(host: configuration.host, port: configuration.port) { channel in
                        channel.eventLoop.makeCompletedFuture {
                            guard attempt.note(channel) else { throw MLLPError(code: .notConnected) }
                            let agreed = try tls.map { try secure(channel, with: $0, host: configuration.host) }
                            let handler = ReplyHandler(configuration, counters: counters)
                            try channel.pipeline.syncOperations.addHandler(handler)
                            return (
                                SenderConnection(
                                    channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop)),
                                agreed
                            )
                        }
                    }
            } onCancel: {
                attempt.cancel()
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
}

/// The channels of one attempt to connect (a name may have several addresses), so that a cancelled one ends at once.
private final class ConnectionAttempt: Sendable {
    private let state = Mutex<(channels: [any Channel], isCancelled: Bool)>(([], false))

    /// False when the attempt is cancelled already.
    func note(_ channel: any Channel) -> Bool {
        state.withLock {
            guard !$0.isCancelled else { return false }
            $0.channels.append(channel)
            return true
        }
    }

    func cancel() {
        let channels = state.withLock {
            $0.isCancelled = true
            return $0.channels
        }
        for channel in channels { channel.close(promise: nil) }
    }
}
