import Logging
import OutboundHTTP
import ServiceLifecycle
import Workflow

/// Tells the operator, once for each change and not once for each order: a peer is away, a peer is back, orders wait
/// for a person.
struct PeerMonitor: Service {
    let clients: [OutboundClient]
    let store: any OrderStore
    let clock: any WallClock
    let metrics: Metrics
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var away: Set<String> = []
            var parked = 0
            while !Task.isCancelled {
                do { try await clock.sleep(for: .seconds(1)) } catch { return }
                away = look(at: away)
                parked = await look(atParked: parked)
            }
        }
    }

    private func look(at before: Set<String>) -> Set<String> {
        var away: Set<String> = []
        for client in clients {
            metrics.set(.peerUp, label: client.name, to: client.isBreakerOpen ? 0 : 1)
            if client.isBreakerOpen { away.insert(client.name) }
        }
        for peer in away.subtracting(before).sorted() {
            logger.error("peer does not answer; orders wait and are tried again", metadata: ["peer": "\(peer)"])
        }
        for peer in before.subtracting(away).sorted() {
            logger.notice("peer answers again", metadata: ["peer": "\(peer)"])
        }
        return away
    }

    private func look(atParked before: Int) async -> Int {
        guard let parked = try? await store.counts().orders[.parked] ?? 0 else { return before }
        if parked > before {
            logger.warning(
                "orders wait for a person; see `imaging-gateway orders list --state parked`",
                metadata: ["parked": "\(parked)"])
        }
        return parked
    }
}
