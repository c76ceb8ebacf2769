import Logging
import MerkleLog
import Persistence
import ServiceLifecycle
import Workflow

/// Signs a checkpoint every 1,000 leaves, every minute with news, and at shutdown, and writes it to every configured
/// folder outside the data folder.
struct CheckpointService: Service {
    static let leavesBetween: UInt64 = 1000
    static let timeBetween = Duration.seconds(60)

    let store: SQLiteStore
    let folders: [CheckpointFolder]
    let clock: any WallClock
    let metrics: Metrics
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // The first one at once: what was rolled back while nobody served shows now.
            var last: (size: UInt64, time: Timestamp) = (await publish() ?? 0, clock.now())
            while !Task.isCancelled {
                do { try await clock.sleep(for: .seconds(1)) } catch { return }
                guard let size = try? await store.counts().leaves, size != last.size else { continue }
                let isDue = size >= last.size + Self.leavesBetween || clock.now() - last.time >= Self.timeBetween
                guard isDue else { continue }
                // After a failure too: one alarm a minute, not one a second.
                last = (await publish() ?? last.size, clock.now())
            }
        }
    }

    /// Signs and writes one checkpoint; the size it covers, or `nil` when it could not be written.
    @discardableResult
    func publish() async -> UInt64? {
        do {
            return try await store.checkpoint(to: folders).size
        } catch {
            metrics.count(.failures, label: error.code)
            let words =
                error.code == "audit.rolledBack"
                ? "the audit log does not extend a checkpoint that was published: the database was put back to an older"
                    + " copy or changed; nothing is signed; see `imaging-gateway audit verify`"
                : "no checkpoint was written"
            logger.critical("\(words)", metadata: ["code": "\(error.code)"])
            return nil
        }
    }
}
