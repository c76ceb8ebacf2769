import MLLP
import NIOCore
import NIOPosix
import Synchronization

/// A receiver on loopback that does to each frame what a test says, and remembers what it got.
final class TestReceiver: Sendable {
    struct Received: Sendable, Equatable {
        /// Counted from 0.
        let connection: Int
        let text: String
    }

    enum Action: Sendable {
        case write([UInt8])
        case writeAndClose([UInt8])
        case close
        case silence
    }

    fileprivate final class Shared: Sendable {
        private struct State {
            var received: [Received] = []
            var connections: [any Channel] = []
            var isClosed = false
        }

        private let state = Mutex(State())

        var received: [Received] { state.withLock { $0.received } }
        var connections: [any Channel] { state.withLock { $0.connections } }

        func note(_ received: Received) { state.withLock { $0.received.append(received) } }

        func admit(_ channel: any Channel) -> Int? {
            state.withLock {
                guard !$0.isClosed else { return nil }
                $0.connections.append(channel)
                return $0.connections.count - 1
            }
        }

        func end() -> [any Channel] {
            state.withLock {
                $0.isClosed = true
                return $0.connections
            }
        }
    }

    let port: Int
    private let shared: Shared

    private init(port: Int, shared: Shared) {
        self.port = port
        self.shared = shared
    }

    var received: [Received] { shared.received }

    /// Closes the connections that are open; new ones are taken. Returns when they are closed here.
    func closeConnections() async {
        for channel in shared.connections {
            channel.close(promise: nil)
            try? await channel.closeFuture.get()
        }
    }

    static func with(
        port: Int = 0, act: @escaping @Sendable (Received) -> Action, body: (TestReceiver) async throws -> Void
    ) async throws {
        let shared = Shared()
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let number = shared.admit(channel) else { throw ChannelError.ioOnClosedChannel }
                    try channel.pipeline.syncOperations.addHandler(ActingHandler(number, shared, act))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        let receiver = TestReceiver(port: server.localAddress?.port ?? 0, shared: shared)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(receiver))
        } catch {
            outcome = .failure(error)
        }
        for channel in [server] + shared.end() {
            channel.close(promise: nil)
            try? await channel.closeFuture.get()
        }
        try outcome.get()
    }
}

private final class ActingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let number: Int
    private let shared: TestReceiver.Shared
    private let act: @Sendable (TestReceiver.Received) -> TestReceiver.Action
    private var decoder = FrameDecoder()

    init(
        _ number: Int, _ shared: TestReceiver.Shared,
        _ act: @escaping @Sendable (TestReceiver.Received) -> TestReceiver.Action
    ) {
        self.number = number
        self.shared = shared
        self.act = act
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        while case .frame(let frame)? = decoder.decode(&bytes) {
            let received = TestReceiver.Received(
                connection: number, text: String(decoding: frame.bytes, as: UTF8.self))
            shared.note(received)
            switch act(received) {
            case .write(let bytes):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            case .writeAndClose(let bytes):
                let written = context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)))
                written.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
            case .close: context.close(promise: nil)
            case .silence: break
            }
        }
    }
}
