import NIOSSL
import OutboundHTTP
import Synchronization
import Testing
import Workflow

@Suite("The guarded client against servers that misbehave", .timeLimit(.minutes(1)))
struct HostileServerTests {
    /// The error that one GET ends with.
    private func error(
        limits: OutboundLimits = OutboundLimits(), answer: @escaping @Sendable (TestRequest) -> TestResponse
    ) async throws -> AdapterError? {
        try await TestServer.with(answer: answer) { server in
            try await withClient(testPeer(server.port, path: "/SECRETROOT", limits: limits)) { client in
                do throws(AdapterError) {
                    _ = try await client.send(OutboundRequest(.get, .root))
                    return nil
                } catch {
                    #expect(!"\(error)".contains("SECRET") && !"\(error)".contains("127.0.0.1"))
                    return error
                }
            }
        }
    }

    private var impatient: OutboundLimits {
        var limits = OutboundLimits()
        limits.inactivityTimeout = .milliseconds(50)
        return limits
    }

    @Test("A redirect is not followed")
    func redirect() async throws {
        let requests = try await TestServer.with { _ in
            .answer(302, headers: ["Location: /other"])
        } body: { server in
            try await withClient(testPeer(server.port)) { client in
                await #expect(throws: AdapterError(.incorrect, code: "peer.http.302")) {
                    try await client.send(OutboundRequest(.get, .root))
                }
            }
            return server.requests.count
        }
        #expect(requests == 1)
    }

    @Test("503 with Retry-After is busy for that long, and the next request does not reach the server")
    func retryAfter() async throws {
        let requests = try await TestServer.with { _ in
            .answer(503, headers: ["Retry-After: 7"])
        } body: { server in
            try await withClient(testPeer(server.port)) { client in
                await #expect(throws: AdapterError(.busy, code: "peer.http.503", retryAfter: .seconds(7))) {
                    try await client.send(OutboundRequest(.get, .root))
                }
                #expect(client.isBreakerOpen)
                do throws(AdapterError) {
                    _ = try await client.send(OutboundRequest(.get, .root))
                    Issue.record("the breaker let a request through")
                } catch {
                    #expect(error.category == .busy && error.code == "peer.breaker")
                }
            }
            return server.requests.count
        }
        #expect(requests == 1)
    }

    @Test("A silent server is interrupted after the inactivity time")
    func silent() async throws {
        let found = try await error(limits: impatient) { _ in .silence }
        #expect(found == AdapterError(.interrupted, code: "peer.timeout"))
    }

    @Test("A body that ends before its Content-Length is interrupted")
    func truncatedLength() async throws {
        let found = try await error { _ in .raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc") }
        #expect(found == AdapterError(.interrupted, code: "peer.connection"))
    }

    @Test("A chunked body without its last chunk is interrupted")
    func truncatedChunks() async throws {
        let found = try await error { _ in .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n") }
        #expect(found?.category == .interrupted)
    }

    @Test("A body that stalls is interrupted")
    func stalled() async throws {
        let found = try await error(limits: impatient) { _ in
            .raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", closes: false)
        }
        #expect(found == AdapterError(.interrupted, code: "peer.timeout"))
    }

    @Test("One huge header field is refused")
    func hugeField() async throws {
        let field = "X: " + String(repeating: "a", count: 200_000)
        let found = try await error { _ in .answer(200, headers: [field]) }
        #expect(found?.category == .incorrect)
    }

    @Test("Many header fields are refused at the limit of all together")
    func manyFields() async throws {
        let fields = (0..<90).map { "X-\($0): " + String(repeating: "a", count: 400) }
        let found = try await error { _ in .answer(200, headers: fields) }
        #expect(found == AdapterError(.incorrect, code: "peer.http.headers"))
    }

    @Test("A body beyond the limit is refused, whether announced or not")
    func largeBody() async throws {
        var limits = OutboundLimits()
        limits.answerBytes = 1_000
        let body = [UInt8](repeating: 0x41, count: 1_001)
        let found = try await error(limits: limits) { _ in .answer(200, body: body) }
        #expect(found == AdapterError(.incorrect, code: "peer.tooLarge"))
    }

    @Test("Bytes that are no HTTP are refused")
    func garbage() async throws {
        #expect(try await error { _ in .raw("SSH-2.0-OpenSSH\r\n\r\n") }?.code == "peer.http.malformed")
    }

    @Test("A closed port is unavailable")
    func refusedConnection() async throws {
        let port = try await freePort()
        try await withClient(testPeer(port)) { client in
            await #expect(throws: AdapterError(.unavailable, code: "peer.connect")) {
                try await client.send(OutboundRequest(.get, .root))
            }
        }
    }

    @Test("An error of the reader is thrown on and not held against the peer")
    func readerError() async throws {
        try await TestServer.with { _ in
            .answer(200, body: [0x41])
        } body: { server in
            try await withClient(testPeer(server.port), breaker: CircuitBreaker(threshold: 1)) { client in
                let full = AdapterError(.busy, code: "store.full")
                do throws(AdapterError) {
                    try await client.stream(OutboundRequest(.get, .root)) { _, _ throws(AdapterError) in throw full }
                    Issue.record("the reader's error was lost")
                } catch {
                    #expect(error == full)
                }
                #expect(!client.isBreakerOpen)
            }
        }
    }
}
