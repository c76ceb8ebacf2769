import MLLP
import Synchronization
import Testing

@Suite("The MLLP listener over sockets", .timeLimit(.minutes(1)))
struct MLLPListenerTests {
    private func echo(_ frame: ReceivedFrame) -> FrameReply { .reply(Array("ACK ".utf8) + frame.bytes) }

    @Test("Frames sent at once are answered one by one and in order")
    func inOrder() async throws {
        let texts = (0..<200).map { "message \($0)" }
        let counters = try await withListener(onFrame: echo) { port, _ in
            let client = try await TestClient.connect(port: port)
            let received = try await client.exchange(texts.flatMap { frame($0) }, replies: texts.count)
            #expect(received == texts.flatMap { frame("ACK " + $0) })
        }
        #expect(counters.frames == 200 && counters.replies == 200)
        #expect(counters.openConnections == 0)
    }

    @Test("A sender that ends its side after the frame still gets the reply")
    func halfClosed() async throws {
        _ = try await withListener(onFrame: echo) { port, _ in
            let client = try await TestClient.connect(port: port)
            #expect(try await client.exchange(frame("last"), replies: 1, endOutput: true) == frame("ACK last"))
        }
    }

    @Test("A withheld acknowledgement closes the connection")
    func withheld() async throws {
        let counters = try await withListener(onFrame: { _ in .close }) { port, _ in
            let client = try await TestClient.connect(port: port)
            #expect(try await client.exchange(frame("one"), replies: 1).isEmpty)
        }
        #expect(counters.withheldReplies == 1)
    }

    @Test("Junk is handed over with its reason and its sender, and the connection goes on")
    func junk() async throws {
        let seen = Mutex<[RefusedBytes]>([])
        let counters = try await withListener(
            onFrame: echo, onRefused: { bytes in seen.withLock { $0.append(bytes) } }
        ) { port, _ in
            let client = try await TestClient.connect(port: port)
            #expect(try await client.exchange(Array("junk".utf8) + frame("one"), replies: 1) == frame("ACK one"))
        }
        let refused = try #require(seen.withLock { $0.first })
        #expect(refused.reason == .junk && refused.bytes == Array("junk".utf8))
        #expect(refused.connection?.remoteAddress == "127.0.0.1")
        #expect(counters.refusals == [.junk: 1])
    }

    @Test("A connection over the limit of one address is closed and the others go on")
    func connectionLimit() async throws {
        var configuration = ListenerConfiguration(port: 0)
        configuration.maximumConnectionsPerAddress = 1
        let (first, admitted) = AsyncStream.makeStream(of: Void.self)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let counters = try await withListener(
            configuration,
            onFrame: { frame in
                admitted.yield()
                for await _ in gate { break }
                return .reply(frame.bytes)
            }
        ) { port, _ in
            let holder = try await TestClient.connect(port: port)
            async let held = holder.exchange(frame("held"), replies: 1)
            for await _ in first { break }
            let second = try await TestClient.connect(port: port)
            let refused = (try? await second.exchange(frame("two"), replies: 1)) ?? []
            #expect(refused.isEmpty)
            open.yield()
            #expect(try await held == frame("held"))
        }
        #expect(counters.refusedConnections == 1 && counters.acceptedConnections == 1)
    }

    @Test("An orderly stop answers the frame in work before the listener returns")
    func orderlyStop() async throws {
        let (working, started) = AsyncStream.makeStream(of: Void.self)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        _ = try await withListener(onFrame: { frame in
            started.yield()
            for await _ in gate { break }
            return .reply(frame.bytes)
        }) { port, listener in
            let client = try await TestClient.connect(port: port)
            async let reply = client.exchange(frame("one") + frame("two"), replies: 2)
            for await _ in working { break }
            listener.stop()
            open.yield()
            #expect(try await reply == frame("one"))
        }
    }
}
