import Audit
import Logging
import MerkleLog
import Persistence
import ServiceLifecycle
import Workflow

/// Signs a checkpoint every 1,000 leaves, every minute with news, and at shutdown. The services of the places bring it
/// where it is kept.
///
/// The leaf `checkpoint` with the state of the clock is appended first, so that it stands under the signature.
struct CheckpointService: Service {
    static let leavesBetween: UInt64 = 1000
    static let timeBetween = Duration.seconds(60)

    let store: SQLiteStore
    let folders: [CheckpointFolder]
    let latest: LatestCheckpoint
    let standings: PlaceStandings
    let trail: AuditTrail
    let clock: any WallClock
    let metrics: Metrics
    let logger: Logger
    /// Stops the intake while no place outside has a checkpoint for too long; nil where that is not wanted.
    let outside: OutsideWatch?

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // The first one at once: what was rolled back while nobody served shows now.
            var last: (size: UInt64, time: ContinuousClock.Instant) = (await publish() ?? 0, .now)
            while !Task.isCancelled {
                do { try await clock.sleep(for: .seconds(1)) } catch { return }
                guard let size = try? await store.counts().leaves else { continue }
                standings.show(in: metrics, leaves: size)
                outside?.look(leaves: size)
                // The leaf of the checkpoint itself lies below its size: alone it is no news.
                guard size != last.size else { continue }
                let isDue = size >= last.size + Self.leavesBetween || .now - last.time >= Self.timeBetween
                guard isDue else { continue }
                // After a failure too: one alarm a minute, not one a second.
                last = (await publish() ?? last.size, .now)
            }
        }
    }

    /// Records the clock's state and signs one checkpoint; the size it covers, or `nil` when it could not be written.
    @discardableResult
    func publish() async -> UInt64? {
        do throws(AdapterError) {
            try await store.record([clockRecord])
            let (checkpoint, note) = try await sign()
            latest.set(CheckpointNote(checkpoint: checkpoint, note: note, time: clock.now()))
            return checkpoint.size
        } catch {
            alarm(error)
            return nil
        }
    }

    /// Folders that are away now get it later; what they hold is compared as soon as they are back.
    private func sign() async throws(AdapterError) -> (Checkpoint, SignedNote) {
        let usable = folders.filter { FolderPlace.isUsable($0.path) }
        // What went to places that are no folders, in this process.
        let published = [latest.note?.checkpoint].compactMap(\.self)
        do throws(AdapterError) {
            return try await store.signedCheckpoint(to: usable, extending: published)
        } catch {
            // The comparison came before the writing: what fails otherwise is a disk, and not a reason to sign nothing.
            guard error.code != Self.rolledBack, !usable.isEmpty else { throw error }
            return try await store.signedCheckpoint(to: [], extending: published)
        }
    }

    private static let rolledBack = "audit.rolledBack"

    private var clockRecord: AuditRecord {
        let state = ClockState.current
        return trail.service(
            .checkpoint,
            details: [
                .clock: .code(state.discipline.rawValue), .offset: state.maximumError.map { .count($0) },
            ])
    }

    private func alarm(_ error: AdapterError) {
        metrics.count(.failures, label: error.code)
        let words =
            error.code == Self.rolledBack
            ? "the audit log does not extend a checkpoint that was published: the database was put back to an older"
                + " copy or changed; nothing is signed; see `imaging-gateway audit verify`"
            : "no checkpoint was written"
        logger.critical("\(words)", metadata: ["code": "\(error.code)"])
    }
}
