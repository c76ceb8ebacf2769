internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization
public import Workflow

/// Sends requests to one configured peer and nowhere else: no redirects, no proxies, no decompression, TLS as
/// configured, bounded answers, and a breaker in front.
///
/// Every error is an ``Workflow/AdapterError`` without URL, token or body. Call ``shutdown()`` before letting it go.
public final class OutboundClient: Sendable {
    /// The peer's configured name, the first part of error codes.
    public var name: String { peer.name }
    /// The peer's root, to re-base links with.
    public var root: HTTPRoot { peer.root }

    private let peer: Peer
    private let http: HTTPClient
    private let breaker: Mutex<CircuitBreaker>

    /// - Throws: `tlsFile` when a certificate or key cannot be read.
    public init(peer: Peer, breaker: CircuitBreaker = CircuitBreaker()) throws(OutboundHTTPError) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(peer.limits.connectTimeout), read: TimeAmount(peer.limits.inactivityTimeout),
                write: TimeAmount(peer.limits.inactivityTimeout)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        do {
            configuration.tlsConfiguration = try peer.tls?.configuration()
        } catch {
            throw OutboundHTTPError(code: .tlsFile, peer: peer.name)
        }
        self.peer = peer
        self.breaker = Mutex(breaker)
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Whether the breaker keeps requests away at this moment, for health.
    public var isBreakerOpen: Bool { breaker.withLock { $0.isOpen } }

    /// Sends a request and reads the whole answer.
    ///
    /// - Parameter others: statuses outside the 2xx class that are answers and no errors.
    /// - Throws: by status and transport as `docs/operate/errors.md` lists; `busy` `<peer>.breaker` when the breaker is
    ///   open; `incorrect` `<peer>.tooLarge` beyond the limits.
    public func send(
        _ request: OutboundRequest, accepting others: Set<Int> = []
    ) async throws(AdapterError) -> Answer {
        try await exchange(
            request, limit: peer.limits.answerBytes, timeout: peer.limits.answerTimeout, accepting: others
        ) { head, chunks async throws(AdapterError) in
            var body: [UInt8] = []
            for try await chunk in chunks { body += chunk }
            return Answer(head: head, body: body)
        }
    }

    /// Sends a request and reads the whole answer, whatever its status: for a check that explains a refusal. The
    /// breaker neither keeps it away nor hears of it.
    ///
    /// - Throws: by transport as ``send(_:)``, for status codes never.
    public func inquire(_ request: OutboundRequest) async throws(AdapterError) -> Inquiry {
        let deadline = NIODeadline.now() + TimeAmount(peer.limits.answerTimeout)
        let response = try await respond(to: request, deadline: deadline)
        let head = try boundedHead(of: response)
        var body: [UInt8] = []
        let chunks = ByteChunks(body: response.body, limit: peer.limits.answerBytes, peer: peer.name)
        for try await chunk in chunks { body += chunk }
        return Inquiry(answer: Answer(head: head, body: body), refusal: refusal(head))
    }

    /// Sends a request and hands the answer to `read` as it arrives. When `read` returns early, the rest is dropped
    /// with its connection. An error thrown by `read` is thrown on.
    public func stream<Result: Sendable>(
        _ request: OutboundRequest,
        _ read: (AnswerHead, ByteChunks) async throws(AdapterError) -> Result
    ) async throws(AdapterError) -> Result {
        try await exchange(request, limit: peer.limits.streamBytes, timeout: peer.limits.streamTimeout, read)
    }

    /// Closes the connections. Further requests fail with `fault`.
    public func shutdown() async {
        try? await http.shutdown()
    }

    private func exchange<Result: Sendable>(
        _ request: OutboundRequest, limit: Int, timeout: Duration, accepting others: Set<Int> = [],
        _ read: (AnswerHead, ByteChunks) async throws(AdapterError) -> Result
    ) async throws(AdapterError) -> Result {
        if let wait = breaker.withLock({ $0.admit(at: .now) }) {
            throw AdapterError(.busy, code: "\(peer.name).breaker", retryAfter: wait)
        }
        do throws(AdapterError) {
            let deadline = NIODeadline.now() + TimeAmount(timeout)
            let response = try await respond(to: request, deadline: deadline)
            let head = try head(of: response, accepting: others)
            let result = try await read(head, ByteChunks(body: response.body, limit: limit, peer: peer.name))
            note(.answered)
            return result
        } catch {
            note(outcome(of: error))
            throw error
        }
    }

    /// A 401 is tried once more when the token file says something new meanwhile.
    private func respond(
        to request: OutboundRequest, deadline: NIODeadline
    ) async throws(AdapterError) -> HTTPClientResponse {
        let authorization = try authorization()
        let response = try await execute(request, authorization, deadline)
        guard response.status == .unauthorized, let renewed = try self.authorization(), renewed != authorization else {
            return response
        }
        return try await execute(request, renewed, deadline)
    }

    private func execute(
        _ request: OutboundRequest, _ authorization: String?, _ deadline: NIODeadline
    ) async throws(AdapterError) -> HTTPClientResponse {
        var sent = HTTPClientRequest(url: peer.root.url(request.path))
        sent.method = HTTPMethod(rawValue: request.method.rawValue)
        for (name, value) in request.headers { sent.headers.add(name: name, value: value) }
        sent.headers.replaceOrAdd(name: "User-Agent", value: "imaging-gateway")
        if let authorization { sent.headers.replaceOrAdd(name: "Authorization", value: authorization) }
        sent.body = request.body.map { .bytes($0) }
        if let pieces = request.pieces {
            let length = pieces.reduce(0) { $0 + $1.count }
            sent.body = .stream(BodyPieces(pieces: pieces), length: .known(Int64(length)))
        }
        do {
            return try await http.execute(sent, deadline: deadline)
        } catch {
            throw AdapterError(transport: error, peer: peer.name)
        }
    }

    private func head(
        of response: HTTPClientResponse, accepting others: Set<Int>
    ) throws(AdapterError) -> AnswerHead {
        let head = try boundedHead(of: response)
        if !others.contains(head.status), let refusal = refusal(head) { throw refusal }
        return head
    }

    private func boundedHead(of response: HTTPClientResponse) throws(AdapterError) -> AnswerHead {
        let fields = response.headers.map { (name: $0.name, value: $0.value) }
        let bytes = fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        guard bytes <= peer.limits.headerBytes else {
            throw AdapterError(.incorrect, code: "\(peer.name).http.headers")
        }
        return AnswerHead(status: Int(response.status.code), fields: fields)
    }

    /// The error that a status outside the 2xx class stands for.
    private func refusal(_ head: AnswerHead) -> AdapterError? {
        guard !(200..<300).contains(head.status) else { return nil }
        let wait = RetryAfter.duration(
            head.field("Retry-After"), date: head.field("Date"), now: Int64(Date().timeIntervalSince1970))
        return AdapterError(status: head.status, peer: peer.name, retryAfter: wait)
    }

    private func authorization() throws(AdapterError) -> String? {
        do {
            return try peer.authentication.authorization(for: peer.name)
        } catch {
            throw AdapterError(.fault, code: "\(peer.name).credentials")
        }
    }

    private func outcome(of error: AdapterError) -> CircuitBreaker.Outcome {
        // An error of the reader (a full disk, say) is not the peer's.
        guard error.code.hasPrefix(peer.name + ".") else { return .answered }
        if error.code == "\(peer.name).cancelled" { return .unknown }
        return error.category.isTroubleOfPeer ? .failed(retryAfter: error.retryAfter) : .answered
    }

    private func note(_ outcome: CircuitBreaker.Outcome) {
        breaker.withLock { $0.record(outcome, at: .now) }
    }
}
