import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// One request as the server read it.
struct TestRequest: Sendable {
    let method: String
    let target: String
    let headers: [String: String]
    let body: [UInt8]

    var path: String { String(target.prefix { $0 != "?" }) }
    var query: String { target.contains("?") ? String(target.drop { $0 != "?" }.dropFirst()) : "" }
    var bodyText: String { String(decoding: body, as: UTF8.self) }
}

/// What the server does next: it can misbehave in every way bytes allow.
struct TestResponse: Sendable {
    var bytes: [UInt8] = []
    var closes = false
    var isSilent = false

    static func raw(_ text: String, closes: Bool = true) -> TestResponse {
        TestResponse(bytes: Array(text.utf8), closes: closes)
    }

    static let silence = TestResponse(isSilent: true)

    static func answer(
        _ status: Int, _ type: String = "application/json", headers: [String] = [], body: [UInt8] = []
    ) -> TestResponse {
        var lines = ["HTTP/1.1 \(status) Status", "Content-Length: \(body.count)"] + headers
        if !body.isEmpty { lines.append("Content-Type: \(type)") }
        if status == 204 { lines.remove(at: 1) }
        return TestResponse(bytes: Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    }

    static func json(_ text: String, type: String = "application/json", headers: [String] = []) -> TestResponse {
        answer(200, type, headers: headers, body: Array(text.utf8))
    }
}

/// A small HTTP/1.1 server on loopback that answers as a test says and remembers what it was asked.
final class TestServer: Sendable {
    let port: Int
    private let seen = Mutex<[TestRequest]>([])

    private init(port: Int) { self.port = port }

    var requests: [TestRequest] { seen.withLock { $0 } }

    /// Serves for the time of `body`.
    static func with<Result: Sendable>(
        tls: NIOSSLContext? = nil,
        answer: @escaping @Sendable (TestRequest) -> TestResponse,
        body: (TestServer) async throws -> Result
    ) async throws -> Result {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let server = TestServer(port: channel.channel.localAddress?.port ?? 0)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.accept(channel, answer) }
            do {
                let result = try await body(server)
                group.cancelAll()
                return result
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }

    private func accept(
        _ server: NIOAsyncChannel<NIOAsyncChannel<ByteBuffer, ByteBuffer>, Never>,
        _ answer: @escaping @Sendable (TestRequest) -> TestResponse
    ) async {
        await withDiscardingTaskGroup { group in
            try? await server.executeThenClose { connections in
                for try await connection in connections {
                    group.addTask {
                        try? await connection.executeThenClose { inbound, outbound in
                            try await self.serve(inbound, outbound, answer)
                        }
                    }
                }
            }
        }
    }

    private func serve(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ answer: @Sendable (TestRequest) -> TestResponse
    ) async throws {
        var received: [UInt8] = []
        for try await part in inbound {
            received += Array(part.readableBytesView)
            while let (request, length) = Self.parse(received) {
                received.removeFirst(length)
                seen.withLock { $0.append(request) }
                let response = answer(request)
                guard !response.isSilent else { continue }
                try await outbound.write(ByteBuffer(bytes: response.bytes))
                if response.closes { return }
            }
        }
    }

    private static func parse(_ bytes: [UInt8]) -> (TestRequest, Int)? {
        guard let end = bytes.firstRange(of: [0x0D, 0x0A, 0x0D, 0x0A]) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let first = (lines.first ?? "").split(separator: " ").map(String.init)
        guard first.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let name = line.prefix { $0 != ":" }.lowercased()
            headers[name] = String(line.drop { $0 != ":" }.dropFirst().drop { $0 == " " })
        }
        let length = end.upperBound + (headers["content-length"].flatMap { Int($0) } ?? 0)
        guard bytes.count >= length else { return nil }
        let body = Array(bytes[end.upperBound..<length])
        return (TestRequest(method: first[0], target: first[1], headers: headers, body: body), length)
    }
}
