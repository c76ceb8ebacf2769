internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import Logging
internal import NIOCore
internal import Synchronization

/// Serves HTTP on loopback and hands each request, read whole, to a function.
struct ExchangeListener: Sendable {
    let port: Int
    let tls: SandboxTLS?
    /// Components before the service's own path, such as `["fhir"]`; requests elsewhere go to `elsewhere`.
    let root: [String]
    let outage: @Sendable () -> Outage
    /// Hears of each request that met an outage.
    let onRefusal: @Sendable () -> Void
    let respond: @Sendable (HTTPExchangeRequest) async -> HTTPExchangeResponse
    var elsewhere: @Sendable (HTTPExchangeRequest) async -> HTTPExchangeResponse = { _ in
        HTTPExchangeResponse(status: 404)
    }

    private static let bodyLimit = 64 << 20

    /// Serves until cancelled or shut down; `onBound` gets the port.
    func run(onBound: @escaping @Sendable (Int) async -> Void) async throws {
        let application = Application(
            responder: ExchangeResponder(listener: self), server: try server(),
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: port), serverName: "imaging-gateway-sandbox"),
            onServerRunning: { channel in await onBound(channel.localAddress?.port ?? 0) },
            logger: Logger(label: "sandbox", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await application.run()
    }

    private func server() throws -> HTTPServerBuilder {
        let http = HTTPServerBuilder.keptHTTP1(configuration: .init(idleTimeout: .seconds(30)))
        guard let tls else { return http }
        return try .tls(http, tlsConfiguration: try tls.server())
    }

    fileprivate func answer(_ request: Request, _ channel: any Channel) async -> Response {
        guard isOurs(request) else { return Response(status: .init(code: 421, reasonPhrase: "Misdirected Request")) }
        switch outage() {
        case .none: break
        case .unreachable:
            onRefusal()
            channel.close(promise: nil)
            return Response(status: .serviceUnavailable)
        case .readOnly where [.get, .head].contains(request.method) || Self.isSearch(request): break
        case .readOnly, .unavailable:
            onRefusal()
            return Response(status: .serviceUnavailable, headers: [.retryAfter: "1"])
        }
        var request = request
        let body: ByteBuffer
        do {
            body = try await request.collectBody(upTo: Self.bodyLimit)
        } catch {
            return Response(status: (error as? any HTTPResponseError)?.status ?? .badRequest)
        }
        guard let exchange = HTTPExchangeRequest(request, body: Array(body.readableBytesView)) else {
            return Response(status: .badRequest)
        }
        guard exchange.method == "HEAD" else { return Response(await exchanged(exchange)) }
        // What GET would answer, without the body but with its length (RFC 9110 §9.3.2).
        var reading = exchange
        reading.method = "GET"
        return Response(await exchanged(reading)).createHeadResponse()
    }

    /// A page from elsewhere that a browser was made to think is ours (DNS rebinding) names another host. Some clients
    /// leave the port out.
    private func isOurs(_ request: Request) -> Bool {
        let hosts = ["127.0.0.1", "localhost", "[::1]"]
        let places = hosts.map { "\($0):\(port)" }
        guard let host = request.head.authority?.lowercased(), (hosts + places).contains(host) else { return false }
        guard let origin = request.headers[.origin]?.lowercased() else { return true }
        return places.contains { origin == "http://\($0)" || origin == "https://\($0)" }
    }

    private static func isSearch(_ request: Request) -> Bool {
        request.method == .post && request.uri.path.hasSuffix("/_search")
    }

    private func exchanged(_ exchange: HTTPExchangeRequest) async -> HTTPExchangeResponse {
        guard exchange.path.starts(with: root) else { return await elsewhere(exchange) }
        var inner = exchange
        inner.path.removeFirst(root.count)
        return await respond(inner)
    }
}

/// Joins Hummingbird to the listener.
private struct ExchangeResponder: HTTPResponder {
    struct Context: RequestContext {
        var coreContext: CoreRequestContextStorage
        let channel: any Channel

        init(source: ApplicationRequestContextSource) {
            coreContext = CoreRequestContextStorage(source: source)
            channel = source.channel
        }
    }

    let listener: ExchangeListener

    @concurrent func respond(to request: Request, context: Context) async throws -> Response {
        await listener.answer(request, context.channel)
    }
}

extension HTTPExchangeRequest {
    /// Nil when the path or the query is not properly encoded.
    init?(_ request: Request, body: [UInt8]) {
        let segments = request.uri.path.split(separator: "/").map { FormCoding.decode($0.utf8, plusIsBlank: false) }
        guard !segments.contains(nil), let query = FormCoding.parse(request.uri.query ?? "") else { return nil }
        var headers: [String: String] = [:]
        for field in request.headers {
            let name = field.name.canonicalName
            headers[name] = headers[name].map { "\($0), \(field.value)" } ?? field.value
        }
        if let host = request.head.authority { headers["host"] = host }
        self.init(
            method: request.method.rawValue.uppercased(), path: segments.compactMap { $0 }, query: query,
            headers: headers, body: body)
    }
}

extension Response {
    init(_ exchange: HTTPExchangeResponse) {
        var headers: HTTPFields = [.xContentTypeOptions: "nosniff"]
        for header in exchange.headers where header.name.lowercased() != "x-content-type-options" {
            guard let name = HTTPField.Name(header.name) else { continue }
            headers.append(HTTPField(name: name, value: header.value))
        }
        self.init(
            status: .init(code: exchange.status), headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: exchange.body)))
    }
}
