import Audit
import Logging
import MerkleLog
import ServiceLifecycle
import Synchronization
import Workflow

/// Brings each new checkpoint to one place, with its own tries; what is away stops nobody.
final class CheckpointPlaceService: Service {
    private let place: any CheckpointPlace
    private let latest: LatestCheckpoint
    private let standings: PlaceStandings
    private let store: any OrderStore
    private let trail: AuditTrail
    private let clock: any WallClock
    private let metrics: Metrics
    private let logger: Logger
    private let schedule: Mutex<PlaceSchedule>

    init(
        place: any CheckpointPlace, latest: LatestCheckpoint, standings: PlaceStandings, store: any OrderStore,
        trail: AuditTrail, clock: any WallClock, metrics: Metrics, logger: Logger
    ) {
        self.place = place
        self.latest = latest
        self.standings = standings
        self.store = store
        self.trail = trail
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        schedule = Mutex(PlaceSchedule(keepsCosignatures: place.keepsCosignatures))
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if let due = self.schedule.withLock({ $0.tick(self.latest.note) }) { await self.bring(due) }
                do { try await self.clock.sleep(for: .seconds(1)) } catch { return }
            }
        }
    }

    /// The last try, when the gateway stops.
    /// - Parameter evenAway: whether a place that is away is tried too.
    func bringLast(evenAway: Bool = true) async {
        guard evenAway || schedule.withLock({ $0.trouble == nil }) else { return }
        if let wanted = schedule.withLock({ $0.wanted(latest.note) }) { await bring(wanted) }
    }

    private func bring(_ note: CheckpointNote) async {
        let change: Outage.Change?
        do throws(AdapterError) {
            let signatures = try await place.publish(note)
            latest.add(signatures, to: note.checkpoint)
            change = schedule.withLock { $0.succeeded(note) }
        } catch {
            // Cut off because the gateway stops: no fault of the place.
            guard !Task.isCancelled else { return }
            change = schedule.withLock { $0.failed(error.code) }
            metrics.count(.auditPlaceFailures, label: place.name)
        }
        show()
        if let change { await tell(change) }
    }

    private func show() {
        let state = schedule.withLock { $0 }
        standings.set(place.name, size: state.taken?.checkpoint.size, trouble: state.trouble)
        metrics.set(.auditPlaceUp, label: place.name, to: state.trouble == nil ? 1 : 0)
    }

    /// One line and one leaf for each outage.
    private func tell(_ change: Outage.Change) async {
        switch change {
        case .back: logger.notice("a place gets checkpoints again", metadata: ["place": "\(place.name)"])
        case .away(let code):
            let metadata: Logger.Metadata = ["place": "\(place.name)", "code": "\(code)"]
            if ["audit.witnessRefused", "audit.rolledBack"].contains(code) {
                logger.critical(
                    """
                    a place has seen a log that this one does not extend: it was put back, forked or changed; see \
                    `imaging-gateway audit verify`
                    """, metadata: metadata)
            } else if code == "audit.segmentMissing" {
                logger.error(
                    """
                    a witness cosigns nothing, because a file of the archive is not in its place and no proof can be \
                    made without it; it goes on when the archive's folder is back
                    """, metadata: metadata)
            } else {
                logger.error("a place does not take checkpoints; it is tried again", metadata: metadata)
            }
            await record(code)
        }
    }

    private func record(_ code: String) async {
        let record = trail.service(
            .auditForwardFailed, outcome: .minorFailure, code: code, details: [.destination: .configured(place.name)])
        do throws(AdapterError) { try await store.record([record]) } catch {
            metrics.count(.failures, label: error.code)
        }
    }
}
