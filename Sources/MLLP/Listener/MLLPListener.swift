internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Accepts MLLP connections and has each frame answered, strictly in order and one at a time per connection.
///
/// While a frame is in work its connection is not read: a slow gateway slows its senders down instead of growing. One
/// bad connection never ends the listener. The listener knows bytes only; what a frame means, whether it is stored and
/// what the acknowledgement says is decided by `onFrame`.
public struct MLLPListener: Sendable {
    private let configuration: ListenerConfiguration
    private let onFrame: @Sendable (ReceivedFrame) async -> FrameReply
    private let onRefused: @Sendable (RefusedBytes) async -> Void
    private let state = ListenerState()

    /// A listener that is not yet bound.
    /// - Parameters:
    ///   - onFrame: called for each frame; its answer is sent before the next frame of that connection is read.
    ///   - onRefused: called with bytes that are no frame, so that the operator can see them, and for each failed TLS
    ///     handshake.
    public init(
        configuration: ListenerConfiguration,
        onFrame: @escaping @Sendable (ReceivedFrame) async -> FrameReply,
        onRefused: @escaping @Sendable (RefusedBytes) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.onFrame = onFrame
        self.onRefused = onRefused
    }

    /// The counts at this moment.
    public var counters: ListenerCounters { state.counters }

    /// Binds, reports the port, and serves until ``stop()`` or cancellation. Returns once every connection is closed.
    ///
    /// Throws when the address cannot be bound or the TLS files cannot be read. After cancellation connections are
    /// closed without waiting for the frames in work; after ``stop()`` those frames are answered first.
    public func run(onBound: @Sendable (_ port: Int) async -> Void = { _ in }) async throws {
        try reloadTLS()
        let (connections, accepted) = AsyncStream.makeStream(of: ListenerConnection.self)
        let server = try await bind(handingTo: accepted)
        server.closeFuture.whenComplete { _ in accepted.finish() }
        if state.bound(server) {
            await withTaskCancellationHandler {
                await onBound(server.localAddress?.port ?? 0)
                await withDiscardingTaskGroup { group in
                    for await connection in connections {
                        group.addTask { await serve(connection) }
                    }
                }
            } onCancel: {
                state.abort()
            }
        }
        await state.closeAll()
    }

    /// Stops in an orderly way: no new connections, frames in work are answered, then every connection is closed.
    /// What a peer has begun but not finished sending is not acknowledged. Returns at once; ``run(onBound:)`` returns
    /// when it is done.
    public func stop() {
        state.stop()
    }

    /// Reads the TLS files anew: handshakes that begin afterwards use them, connections that are open are not touched.
    /// Does nothing without TLS.
    ///
    /// - Throws: ``MLLPError/Code/tlsFile`` when a file is missing or broken or the key is not the certificate's. What
    ///   was in use stays in use.
    public func reloadTLS() throws(MLLPError) {
        guard let files = configuration.tls else { return }
        do {
            state.tls = try files.context()
        } catch {
            throw MLLPError(code: .tlsFile)
        }
    }

    private func bind(
        handingTo accepted: AsyncStream<ListenerConnection>.Continuation
    ) async throws -> any Channel {
        try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [configuration, state] channel in
                channel.eventLoop.makeCompletedFuture {
                    let (events, event) = AsyncStream.makeStream(of: ReceivedEvent.self)
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(
                        AdmissionHandler(
                            ListenerConnection(channel: channel, events: events), configuration: configuration,
                            state: state, accepted: accepted))
                    if let tls = state.tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandler(FrameHandler(configuration: configuration, state: state))
                    try pipeline.addHandler(EventHandler(event))
                }
            }
            .bind(host: configuration.host, port: configuration.port).get()
    }

    private func serve(_ connection: ListenerConnection) async {
        let channel = connection.channel
        for await event in connection.events {
            let reply = await answer(event)
            let written = channel.eventLoop.makePromise(of: Void.self)
            if case .frame = event {
                written.futureResult.whenComplete { [state, configuration] result in
                    let isWritten = if case .success = result { true } else { false }
                    state.count { $0.note(reply, isWritten: isWritten, release2: configuration.release2) }
                }
            }
            channel.writeAndFlush(reply, promise: written)
        }
        channel.close(promise: nil)
        try? await channel.closeFuture.get()
    }

    private func answer(_ event: ReceivedEvent) async -> FrameReply {
        switch event {
        case .frame(let frame):
            return await onFrame(frame)
        case .refused(let bytes):
            await onRefused(bytes)
            return bytes.endsConnection ? .close : .none
        }
    }
}
