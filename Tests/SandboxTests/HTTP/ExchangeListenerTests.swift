import NIOCore
import NIOPosix
import Testing

@testable import Sandbox

@Suite("The pretend hospital's HTTP over sockets", .timeLimit(.minutes(2)))
struct ExchangeListenerTests {
    private func listener() -> ExchangeListener {
        ExchangeListener(
            port: 0, tls: nil, root: [], outage: { .none }, onRefusal: {},
            respond: { _ in HTTPExchangeResponse(status: 200, body: Array("here".utf8)) })
    }

    @Test("Connections that arrive while it is cancelled are closed and do not end the process")
    func cancelledInAStorm() async throws {
        for round in 0..<60 {
            let (ports, port) = AsyncStream.makeStream(of: Int.self)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await listener().run { port.yield($0) } }
                for await bound in ports {
                    for _ in 0..<16 { group.addTask { await connect(bound) } }
                    for _ in 0..<(round % 8) { await Task.yield() }
                    break
                }
                group.cancelAll()
            }
        }
    }

    @Test("A request over a socket gets its answer, and the connection stays open for the next")
    func answer() async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener().run { port.yield($0) } }
            for await bound in ports {
                let answers = Answers()
                let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(AnswerHandler(answers))
                        }
                    }
                    .connect(host: "127.0.0.1", port: bound).get()
                for _ in 0..<2 {
                    try await channel.writeAndFlush(
                        ByteBuffer(string: "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"))
                    #expect(await answers.next()?.hasPrefix("HTTP/1.1 200") == true)
                }
                try await channel.close()
                break
            }
            group.cancelAll()
        }
    }

    private func connect(_ port: Int) async {
        let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        guard let channel = try? await bootstrap.connect(host: "127.0.0.1", port: port).get() else { return }
        try? await channel.close()
    }
}

private final class Answers: Sendable {
    private let all = AsyncStream.makeStream(of: String.self)

    func yield(_ text: String) { all.continuation.yield(text) }

    func next() async -> String? {
        for await text in all.stream { return text }
        return nil
    }
}

private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answers: Answers
    private var received = ""

    init(_ answers: Answers) { self.answers = answers }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        guard received.hasSuffix("here") else { return }
        answers.yield(received)
        received = ""
    }
}
