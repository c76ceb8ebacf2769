import NIOCore
import NIOPosix
import Testing

@Suite("The tests' own server", .timeLimit(.minutes(2)))
struct TestServerTests {
    @Test("Connections that arrive while it ends do not end the process")
    func endsInAStorm() async throws {
        for round in 0..<100 {
            await withDiscardingTaskGroup { group in
                try? await TestServer.with(answer: { _ in .json("{}") }) { server in
                    for _ in 0..<16 { group.addTask { [port = server.port] in await Self.connect(port) } }
                    for _ in 0..<(round % 8) { await Task.yield() }
                }
            }
        }
    }

    private static func connect(_ port: Int) async {
        let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        guard let channel = try? await bootstrap.connect(host: "127.0.0.1", port: port).get() else { return }
        try? await channel.close()
    }
}
