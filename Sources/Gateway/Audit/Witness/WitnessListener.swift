import Hummingbird
import HummingbirdCore
import Logging
import MerkleLog
import NIOCore

/// `POST /add-checkpoint` (C2SP tlog-witness), and nothing else.
struct WitnessListener {
    /// A note, its proof and some room.
    static let bodyLimit = 128 << 10

    let endpoint: EndpointSection
    let tls: ReloadableTLS?
    let desk: WitnessDesk
    let logger: Logger

    func application() -> some ApplicationProtocol {
        let router = Router(context: ConnectionContext.self)
        router.add(middleware: RequestDeadline())
        router.post("/add-checkpoint") { request, _ in await respond(to: request) }
        return Application(
            router: router, server: server(), configuration: HTTPLimits.application(endpoint), logger: logger)
    }

    private func server() -> HTTPServerBuilder {
        guard let tls else { return .keptHTTP1(configuration: HTTPLimits.channel) }
        return HTTPServerBuilder { [logger] responder in
            KeptChannel(
                base: ReloadableTLSChannel(
                    base: HTTP1Channel(responder: responder, configuration: HTTPLimits.channel), tls: tls
                ) { address in
                    logger.warning("a handshake failed", metadata: ["address": "\(address)"])
                })
        }
    }

    private func respond(to request: Request) async -> Response {
        var request = request
        let body: ByteBuffer
        do {
            body = try await request.collectBody(upTo: Self.bodyLimit)
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            return Response(status: .contentTooLarge)
        } catch {
            return Response(status: .badRequest)
        }
        guard let answer = await desk.answer(Array(body.readableBytesView)) else {
            return Response(status: .serviceUnavailable, headers: [.retryAfter: "30"])
        }
        return Response(
            status: .init(code: answer.status), headers: [.contentType: answer.contentType],
            body: .init(byteBuffer: ByteBuffer(string: answer.body)))
    }
}
