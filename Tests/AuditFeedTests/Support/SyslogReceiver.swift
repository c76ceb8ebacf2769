import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A receiver of RFC 5425 on loopback that can misbehave, and remembers what its program read.
enum SyslogReceiver {
    /// What it does with a connection.
    enum Behaviour: Sendable {
        /// Reads everything and ends the connection when the sender ends its stream.
        case proper
        /// Reads at least so many bytes, then is gone with the rest unread.
        case dies(after: Int)
        /// Takes the connection and reads nothing, then is gone.
        case neverReads
        /// Reads everything and never ends the connection.
        case keepsOpen
    }

    fileprivate final class Shared: Sendable {
        let read = Mutex<[[UInt8]]>([])
        let channels = Mutex<[any Channel]>([])
    }

    /// Receives for the time of `body`, which is given the port and what each connection's program has read.
    static func with(
        tls: NIOSSLContext? = nil, _ behaviour: Behaviour,
        body: (Int, @Sendable () -> [[UInt8]]) async throws -> Void
    ) async throws {
        let shared = Shared()
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    shared.channels.withLock { $0.append(channel) }
                    let end = AbruptEnd()
                    try channel.pipeline.syncOperations.addHandler(end)
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(ReceiverHandler(shared, behaviour, end))
                }
            }
            .bind(host: "localhost", port: 0).get()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(server.localAddress?.port ?? 0) { shared.read.withLock { $0 } })
        } catch {
            outcome = .failure(error)
        }
        for channel in [server] + shared.channels.withLock({ $0 }) {
            channel.close(promise: nil)
            try? await channel.closeFuture.get()
        }
        try outcome.get()
    }

    /// The messages of a stream of frames (RFC 5425 §4.3); what is left over comes last.
    static func messages(_ bytes: [UInt8]) -> (messages: [String], rest: Int) {
        var rest = bytes[...]
        var messages: [String] = []
        while let space = rest.firstIndex(of: 0x20), let count = Int(String(decoding: rest[..<space], as: UTF8.self)),
            rest.distance(from: space, to: rest.endIndex) > count
        {
            messages.append(String(decoding: rest[(space + 1)...].prefix(count), as: UTF8.self))
            rest = rest[(space + 1 + count)...]
        }
        return (messages, rest.count)
    }
}

/// Ends a connection below TLS, which would read on to the other side's end: as the death of a program does.
private final class AbruptEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }
    func close() { context?.close(promise: nil) }
}

private final class ReceiverHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let shared: SyslogReceiver.Shared
    private let behaviour: SyslogReceiver.Behaviour
    private let end: AbruptEnd
    private var place = 0
    private var count = 0

    init(_ shared: SyslogReceiver.Shared, _ behaviour: SyslogReceiver.Behaviour, _ end: AbruptEnd) {
        self.end = end
        self.shared = shared
        self.behaviour = behaviour
    }

    func channelActive(context: ChannelHandlerContext) {
        place = shared.read.withLock {
            $0.append([])
            return $0.count - 1
        }
        if case .neverReads = behaviour {
            context.channel.setOption(.autoRead, value: false).assumeIsolated().whenComplete { _ in
                context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(50)) { self.end.close() }
            }
        }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(unwrapInboundIn(data).readableBytesView)
        shared.read.withLock { $0[place] += bytes }
        count += bytes.count
        if case .dies(let limit) = behaviour, count >= limit { end.close() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent {
            if case .keepsOpen = behaviour { return }
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
