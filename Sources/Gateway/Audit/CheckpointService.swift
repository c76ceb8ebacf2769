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
                guard isDue, let written = await publish() else { continue }
                last = (written, clock.now())
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
            logger.critical("no checkpoint was written", metadata: ["code": "\(error.code)"])
            return nil
        }
    }
}
