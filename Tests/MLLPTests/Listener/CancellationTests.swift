import MLLP
import NIOCore
import NIOPosix
import Testing

@Suite("Connections that arrive while the listener ends", .timeLimit(.minutes(2)))
struct CancellationTests {
    /// Connects many times at once and closes at once.
    private func storm(port: Int, count: Int) async {
        await withDiscardingTaskGroup { group in
            for number in 0..<count {
                group.addTask {
                    let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                    guard let channel = try? await bootstrap.connect(host: "127.0.0.1", port: port).get() else {
                        return
                    }
                    if number % 2 == 0 { try? await channel.writeAndFlush(ByteBuffer(bytes: frame("one"))) }
                    try? await channel.close()
                }
            }
        }
    }

    private func rounds(_ count: Int, end: @Sendable @escaping (MLLPListener, inout TaskGroup<Void>) -> Void) async {
        for round in 0..<count {
            let listener = MLLPListener(
                configuration: ListenerConfiguration(port: 0), onFrame: { .reply($0.bytes) })
            let (ports, port) = AsyncStream.makeStream(of: Int.self)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await listener.run { port.yield($0) } }
                for await bound in ports {
                    group.addTask { await storm(port: bound, count: 16) }
                    for _ in 0..<(round % 8) { await Task.yield() }
                    break
                }
                end(listener, &group)
            }
            #expect(listener.counters.openConnections == 0)
        }
    }

    @Test("Cancelled, the listener closes every one of them and the process lives on")
    func cancelled() async {
        await rounds(200) { _, group in group.cancelAll() }
    }

    @Test("Stopped, the listener closes every one of them")
    func stopped() async {
        await rounds(100) { listener, _ in listener.stop() }
    }
}
