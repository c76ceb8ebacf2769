import Audit
import Logging
import Persistence
import ServiceLifecycle
import Workflow

/// Raises an alarm in `serve` when a command overrode the lists of `access`, or was refused by them: a line of the log
/// that operators watch, and a count in the metrics. The records themselves are the commands' own.
struct EmergencyWatch: Service {
    static let interval = Duration.seconds(5)
    static let events: Set<AuditEventType> = [.emergencyStart, .accessRefused]

    let store: SQLiteStore
    let clock: any WallClock
    let metrics: Metrics
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var seen = (try? await store.counts().leaves) ?? 0
            while !Task.isCancelled {
                do { try await clock.sleep(for: Self.interval) } catch { return }
                // What cannot be read now is read the next time; that the store fails shows elsewhere.
                seen = (try? await look(from: seen)) ?? seen
            }
        }
    }

    /// Tells of what happened since the log had `seen` leaves; how many it has now.
    func look(from seen: UInt64) async throws(AdapterError) -> UInt64 {
        let size = try await store.counts().leaves
        guard size > seen else { return size }
        let query = AuditQuery(indexes: seen..<size, events: Self.events)
        // The gateway looks at its own log to raise an alarm: nobody reads it, so nothing is recorded.
        for record in try await store.auditEntries(query, reading: []).compactMap(\.record) { tell(record) }
        return size
    }

    private func tell(_ record: AuditRecord) {
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
}
