internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Accepts MLLP connections and has each frame answered, strictly in order and one at a time per connection.
///
/// While a frame is in work its connection is not read: a slow gateway slows its senders down instead of growing. One
/// bad connection never ends the listener. The listener knows bytes only; what a frame means, whether it is stored and
/// what the acknowledgement says is decided by `onFrame`.
public struct MLLPListener: Sendable {
    private typealias Connection = NIOAsyncChannel<ReceivedEvent, FrameReply>

    private let configuration: ListenerConfiguration
    private let onFrame: @Sendable (ReceivedFrame) async -> FrameReply
    private let onRefused: @Sendable (RefusedBytes) async -> Void
    private let state = ListenerState()

    /// A listener that is not yet bound.
    /// - Parameters:
    ///   - onFrame: called for each frame; its answer is sent before the next frame of that connection is read.
    ///   - onRefused: called with bytes that are no frame, so that the operator can see them.
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
        let tls = try configuration.tls?.context()
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .bind(host: configuration.host, port: configuration.port) { [configuration, state] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.addHandler(FrameHandler(configuration: configuration, state: state))
                    return try Connection(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2)))
                }
            }
        guard state.bound(server.channel) else {
            return try await server.executeThenClose { _ in }
        }
        await onBound(server.channel.localAddress?.port ?? 0)
        try await withThrowingDiscardingTaskGroup { group in
            try await server.executeThenClose { connections in
                for try await connection in connections {
                    group.addTask { await serve(connection) }
                }
            }
        }
    }

    /// Stops in an orderly way: no new connections, frames in work are answered, then every connection is closed.
    /// What a peer has begun but not finished sending is not acknowledged. Returns at once; ``run(onBound:)`` returns
    /// when it is done.
    public func stop() {
        state.stop()
    }

    private func serve(_ connection: Connection) async {
        let address = connection.channel.remoteIPAddress
        guard state.admit(connection.channel, from: address, within: configuration) else {
            try? await connection.executeThenClose { _, _ in }
            return
        }
        defer { state.release(connection.channel, from: address) }
        // A reset by the peer ends its own connection and nothing else.
        try? await connection.executeThenClose { events, replies in
            for try await event in events {
                let reply = await answer(event)
                guard await send(reply, on: replies) else { return }
            }
        }
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

    /// False when the connection is to be closed.
    private func send(_ reply: FrameReply, on replies: NIOAsyncChannelOutboundWriter<FrameReply>) async -> Bool {
        do {
            try await replies.write(reply)
            state.count { $0.note(reply) }
            return reply != .close
        } catch {
            // The peer is gone. What it left over is still reported: the loop ends with the connection's input.
            if case .reply = reply { state.count { $0.undeliverableReplies += 1 } }
            return true
        }
    }
}
