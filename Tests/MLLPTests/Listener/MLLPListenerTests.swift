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

    @Test("What is cut off or too long is handed over, counted, and ends that connection only")
    func truncatedAndOversize() async throws {
        let (refusals, refused) = AsyncStream.makeStream(of: RefusedBytes.self)
        let configuration = ListenerConfiguration(port: 0, limits: FrameLimits(maximumFrame: 20, maximumKept: 8))
        let counters = try await withListener(
            configuration, onFrame: echo, onRefused: { refused.yield($0) }
        ) { port, _ in
            var all = refusals.makeAsyncIterator()
            let steady = try await TestClient.connect(port: port)
            let long = try await TestClient.connect(port: port)
            #expect(try await long.exchange(frame(String(repeating: "x", count: 21)), replies: 1).isEmpty)
            let oversize = try #require(await all.next())
            #expect(oversize.reason == .oversize && oversize.bytes == Array("xxxxxxxx".utf8) && oversize.count == 21)
            let cut = try await TestClient.connect(port: port)
            try await cut.send([0x0B] + Array("half".utf8))
            await cut.close()
            let truncated = try #require(await all.next())
            #expect(truncated.reason == .truncated && truncated.bytes == Array("half".utf8))
            #expect(truncated.connection?.remoteAddress == "127.0.0.1")
            #expect(try await steady.exchange(frame("one"), replies: 1) == frame("ACK one"))
        }
        #expect(counters.refusals == [.oversize: 1, .truncated: 1])
    }

    @Test("A connection over the limit in all is closed and counted; one that ends makes room")
    func totalLimit() async throws {
        var configuration = ListenerConfiguration(port: 0)
        configuration.maximumConnections = 1
        let counters = try await withListener(configuration, onFrame: echo) { port, listener in
            let first = try await TestClient.connect(port: port)
            #expect(try await first.exchange(frame("one"), replies: 1, keepOpen: true) == frame("ACK one"))
            let second = try await TestClient.connect(port: port)
            #expect(((try? await second.exchange(frame("two"), replies: 1)) ?? []).isEmpty)
            await first.close()
            while listener.counters.openConnections > 0 { await Task.yield() }
            let third = try await TestClient.connect(port: port)
            #expect(try await third.exchange(frame("three"), replies: 1) == frame("ACK three"))
        }
        #expect(counters.refusedConnections == 1 && counters.acceptedConnections == 2)
    }

    @Test("Release 2: the commit acknowledgement comes before the reply, on a real connection")
    func release2() async throws {
        let counters = try await withListener(
            ListenerConfiguration(port: 0, release2: true),
            onFrame: {
                $0.bytes == [0x41] ? .commit(isStored: false, then: nil) : .commit(isStored: true, then: [0x42])
            }
        ) { port, _ in
            let client = try await TestClient.connect(port: port)
            let received = try await client.exchange(frame("A") + frame("X"), replies: 3)
            #expect(received == [0x0B, 0x15, 0x1C, 0x0D, 0x0B, 0x06, 0x1C, 0x0D] + frame("B"))
        }
        #expect(counters.negativeCommits == 1 && counters.commits == 1 && counters.replies == 1)
    }
}
