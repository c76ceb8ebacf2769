import Logging
import ServiceLifecycle
import Workflow

/// Tells the operator, once for each change, that copies for research wait for a person.
struct ExportMonitor: Service {
    let store: any ExportStore
    let clock: any WallClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var waiting = 0
            while !Task.isCancelled {
                do { try await clock.sleep(for: .seconds(5)) } catch { return }
                guard let counts = try? await store.exportCounts().exports else { continue }
                let now = (counts[.quarantined] ?? 0) + (counts[.failed] ?? 0)
                if now > waiting {
                    logger.warning(
                        "copies for research wait for a person; see `imaging-gateway exports list`",
                        metadata: ["waiting": "\(now)"])
                }
                waiting = now
            }
        }
    }
}

/// Runs one step with lower priority than orders and deliveries have.
func atLowPriority(
    _ step: @escaping @Sendable () async throws(AdapterError) -> Bool
) async throws(AdapterError) -> Bool {
    let result = await withTaskGroup(of: Result<Bool, AdapterError>.self) { group in
        group.addTask(priority: .utility) {
            do throws(AdapterError) { return .success(try await step()) } catch { return .failure(error) }
        }
        return await group.next()
    }
    return try result?.get() ?? false
}
