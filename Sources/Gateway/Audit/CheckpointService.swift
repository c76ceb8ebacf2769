import Logging
import MerkleLog
import ServiceLifecycle
import Workflow

/// Signs a checkpoint every 1,000 leaves, every minute with news, and at shutdown, and writes it to every configured
/// folder.
struct CheckpointService: Service {
    static let leavesBetween: UInt64 = 1000
    static let timeBetween = Duration.seconds(60)

    let frontier: @Sendable () async throws(AdapterError) -> Frontier
    let identity: AuditLogIdentity
    let folders: [CheckpointFolder]
    let clock: any WallClock
    let metrics: Metrics
    let logger: Logger

    func run() async throws {
        var last: (size: UInt64, time: Timestamp) = (folders.map { $0.newestSize() }.max() ?? 0, clock.now())
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await clock.sleep(for: .seconds(1))
                guard let frontier = try? await frontier(), frontier.size != last.size else { continue }
                let isDue =
                    frontier.size >= last.size + Self.leavesBetween || clock.now() - last.time >= Self.timeBetween
                guard isDue, publish(frontier) else { continue }
                last = (frontier.size, clock.now())
            }
        }
    }

    /// The last checkpoint, once everything else has stopped.
    func publishFinal() async {
        guard let frontier = try? await frontier() else { return }
        _ = publish(frontier)
    }

    private func publish(_ frontier: Frontier) -> Bool {
        do {
            guard folders.allSatisfy({ $0.newestSize() <= frontier.size }) else { throw CheckpointError.rolledBack }
            let checkpoint = try Checkpoint(origin: identity.origin, size: frontier.size, root: frontier.root)
            let note = try checkpoint.signed(by: identity.signingKey).serialized
            for folder in folders { try folder.write(note, size: frontier.size) }
            return true
        } catch {
            let code = if case CheckpointError.rolledBack = error { "audit.rolledBack" } else { "audit.checkpoint" }
            metrics.count(.failures, label: code)
            logger.critical("no checkpoint was written", metadata: ["code": "\(code)"])
            return false
        }
    }
}
