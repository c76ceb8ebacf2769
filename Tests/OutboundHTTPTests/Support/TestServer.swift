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
///
/// Each connection is served by a handler on its event loop, not by a task over a `NIOAsyncChannel`: one that arrives
/// while the accepting task is cancelled would be dropped, and dropping it ends the process.
final class TestServer: Sendable {
    let port: Int
    private let shared: Shared

    /// What the handlers write to.
    fileprivate final class Shared: Sendable {
        private struct State {
            var requests: [TestRequest] = []
            var connections: [any Channel] = []
            var isClosed = false
        }

        private let state = Mutex(State())

        var requests: [TestRequest] { state.withLock { $0.requests } }

        func note(_ request: TestRequest) { state.withLock { $0.requests.append(request) } }

        /// False when the server is closed already.
        func note(_ connection: any Channel) -> Bool {
            state.withLock {
                guard !$0.isClosed else { return false }
                $0.connections.append(connection)
                return true
            }
        }

        /// The connections that are left to be closed; no more are taken.
        func close() -> [any Channel] {
            state.withLock {
                $0.isClosed = true
                return $0.connections
            }
        }
    }

    private init(port: Int, shared: Shared) {
        self.port = port
        self.shared = shared
    }

    var requests: [TestRequest] { shared.requests }

    /// Serves for the time of `body`; the server and its connections are closed when this returns.
    static func with<Result: Sendable>(
        tls: NIOSSLContext? = nil,
        answer: @escaping @Sendable (TestRequest) -> TestResponse,
        body: (TestServer) async throws -> Result
    ) async throws -> Result {
        let shared = Shared()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard shared.note(channel) else { throw ChannelError.ioOnClosedChannel }
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(TestRequestHandler(shared, answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(TestServer(port: channel.localAddress?.port ?? 0, shared: shared)))
        } catch {
            outcome = .failure(error)
        }
        for channel in [channel] + shared.close() {
            channel.close(promise: nil)
            try? await channel.closeFuture.get()
        }
        return try outcome.get()
    }
}

/// Reads requests from one connection and writes what the test answers.
private final class TestRequestHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let shared: TestServer.Shared
    private let answer: @Sendable (TestRequest) -> TestResponse
    private var received: [UInt8] = []
    private var isClosing = false

    init(_ shared: TestServer.Shared, _ answer: @escaping @Sendable (TestRequest) -> TestResponse) {
        self.shared = shared
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += Array(unwrapInboundIn(data).readableBytesView)
        while !isClosing, let (request, length) = Self.parse(received) {
            received.removeFirst(length)
            shared.note(request)
            let response = answer(request)
            guard !response.isSilent else { continue }
            isClosing = response.closes
            let written = context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: response.bytes)))
            if isClosing { written.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
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
