import Hummingbird
import JSON
import Logging
import NIOCore
import Workflow

/// Health and metrics on their own port: no patient data, no authentication, loopback only.
struct AdminListener {
    let endpoint: EndpointSection
    let store: any OrderStore
    let freeSpace: FreeSpace
    let metrics: Metrics
    let logger: Logger

    func application() -> some ApplicationProtocol {
        let router = Router(context: ConnectionContext.self)
        router.add(middleware: RequestDeadline())
        router.get("/health/live") { _, _ in text("ok\n") }
        router.get("/health/ready") { _, _ in
            guard freeSpace.isEnough else { return text("not ready: disk.full\n", status: .serviceUnavailable) }
            do throws(AdapterError) {
                _ = try await store.counts()
                return text("ready\n")
            } catch {
                return text("not ready: \(error.code)\n", status: .serviceUnavailable)
            }
        }
        router.get("/metrics") { _, _ in
            let counts = try? await store.counts()
            return text(
                metrics.render(counts), type: "text/plain; version=0.0.4; charset=utf-8")
        }
        return Application(
            router: router, server: .keptHTTP1(configuration: HTTPLimits.channel),
            configuration: HTTPLimits.application(endpoint),
            logger: logger)
    }

    private func text(
        _ body: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}
