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
    /// How far places outside and audit repositories are.
    var audit: (places: PlaceStandings, feeds: FeedStandings)?

    /// How many copies for research are in which state; nil where none are made.
    var exports: (@Sendable () async -> ExportCounts?)?

    func application() -> some ApplicationProtocol {
        let router = Router(context: ConnectionContext.self)
        router.add(middleware: RequestDeadline())
        router.get("/health/live") { _, _ in text("ok\n") }
        router.get("/health/ready") { _, _ in
            if let trouble = freeSpace.trouble { return text("not ready: \(trouble)\n", status: .serviceUnavailable) }
            do throws(AdapterError) {
                _ = try await store.counts()
                return text("ready\n")
            } catch {
                return text("not ready: \(error.code)\n", status: .serviceUnavailable)
            }
        }
        router.get("/health/audit") { _, _ in await auditHealth() }
        router.get("/metrics") { _, _ in
            let counts = try? await store.counts()
            return text(
                metrics.render(counts, exports: await exports?()), type: "text/plain; version=0.0.4; charset=utf-8")
        }
        return Application(
            router: router, server: .keptHTTP1(configuration: HTTPLimits.channel),
            configuration: HTTPLimits.application(endpoint),
            logger: logger)
    }

    /// What is away, in JSON. It is 200 all the same: nothing that is away there stops the work, unless the
    /// configuration says so, and then `/health/ready` tells.
    private func auditHealth() async -> Response {
        guard let counts = try? await store.counts() else {
            return text("{}\n", status: .serviceUnavailable, type: "application/json")
        }
        let json: JSONValue = [
            "leaves": .number(JSONNumber(Int(clamping: counts.leaves))),
            "clock": .string(ClockState.current.discipline.rawValue),
            "checkpoints": audit?.places.json(leaves: counts.leaves) ?? [], "feeds": audit?.feeds.json ?? [],
        ]
        return text(String(decoding: json.serialized(), as: UTF8.self) + "\n", type: "application/json")
    }

    private func text(
        _ body: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}
