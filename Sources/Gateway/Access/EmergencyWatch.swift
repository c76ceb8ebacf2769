import Audit
import Logging
import Persistence
import ServiceLifecycle
import Synchronization
import Workflow

/// Raises an alarm in `serve` when a command overrode the lists of `access`, or was refused by them: a line of the log
/// that operators watch, and a count in the metrics. The records themselves are the commands' own.
///
/// How far it looked is kept in the store, so that what happened while nobody served is told at the next start.
final class EmergencyWatch: Service {
    static let interval = Duration.seconds(5)
    static let events: Set<AuditEventType> = [.emergencyStart, .accessRefused]
    /// Its place in the log, beside those of the audit feeds, whose names have no capitals.
    static let place = "-emergencyWatch"

    private let store: SQLiteStore
    private let clock: any WallClock
    private let metrics: Metrics
    private let logger: Logger
    private let outage = Mutex(Outage())
    /// Leaves that were looked at; nil until the place in the store was read.
    private let seen = Mutex<UInt64?>(nil)

    init(store: SQLiteStore, clock: any WallClock, metrics: Metrics, logger: Logger) {
        self.store = store
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.look()
                do { try await self.clock.sleep(for: Self.interval) } catch { return }
            }
        }
    }

    /// Tells of what happened since the last look; one that fails is told once, and made up for.
    func look() async {
        let change: Outage.Change?
        do throws(AdapterError) {
            try await tellWhatIsNew()
            change = outage.withLock { $0.succeeded() }
        } catch {
            guard !Task.isCancelled else { return }
            change = outage.withLock { $0.failed(error.code) }
            metrics.count(.failures, label: error.code)
        }
        switch change {
        case .away(let code):
            logger.critical(
                "the log cannot be looked through for emergency access: an emergency would raise no alarm",
                metadata: ["code": "\(code)"])
        case .back: logger.notice("the log can be looked through for emergency access again")
        case nil: break
        }
    }

    private func tellWhatIsNew() async throws(AdapterError) {
        let start = try await start()
        let size = try await store.counts().leaves
        guard size > start else { return }
        let query = AuditQuery(includesUnreadable: true, indexes: start..<size, events: Self.events)
        // The gateway looks at its own log to raise an alarm: nobody reads it, so nothing is recorded.
        for entry in try await store.auditEntries(query, reading: []) { tell(entry) }
        // Told is told, even where the place cannot be kept now.
        seen.withLock { $0 = size }
        try await store.advanceAuditFeed(Self.place, past: size - 1)
    }

    /// Where this look begins. The store knows how far behind its end that is, so the end has to stand still meanwhile.
    private func start() async throws(AdapterError) -> UInt64 {
        if let seen = seen.withLock({ $0 }) { return seen }
        for _ in 0..<10 {
            let size = try await store.counts().leaves
            let behind = try await store.auditFeedLag(Self.place)
            guard try await store.counts().leaves == size, behind <= size else { continue }
            seen.withLock { $0 = size - behind }
            return size - behind
        }
        throw AdapterError(.busy, code: "access.watchBusy")
    }

    private func tell(_ entry: AuditEntry) {
        guard let record = entry.record else {
            // One whose contents were destroyed on purpose tells nothing, and is no sign of anything.
            if entry.isUnreadable { tellUnreadable(entry) }
            return
        }
        let isEmergency = record.event == .emergencyStart
        metrics.count(.access, label: isEmergency ? "emergency" : "refused")
        logger.log(
            level: isEmergency ? .critical : .warning,
            isEmergency ? "emergency access: the ordinary rules of access are overridden" : "access was refused",
            metadata: [
                "code": isEmergency ? "access.emergency" : "access.refused", "principal": "\(record.principal.value)",
                "reason": "\(record.details[AuditDetail.emergency.rawValue] ?? "-")",
                "ticket": "\(record.details[AuditDetail.ticket.rawValue] ?? "-")",
            ])
    }

    private func tellUnreadable(_ entry: AuditEntry) {
        metrics.count(.access, label: "unreadable")
        logger.critical(
            """
            a record of emergency or refused access cannot be read: it was tampered with; see `imaging-gateway audit \
            verify --deep`
            """, metadata: ["code": "access.unreadable", "leaf": "\(entry.index)"])
    }
}
