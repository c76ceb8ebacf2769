import Audit
import Mapping
import Synchronization
import Workflow

/// A store that keeps nothing: a message meets the real intake, and what would have been stored is noted for the reply.
final class DryStore: OrderStore {
    private let noted = Mutex<[OrderState]>([])

    /// The states that the orders of the last message would have got; none when it held none.
    var states: [OrderState] { noted.withLock(\.self) }

    func accept(
        _ intake: Intake, decide: @escaping @Sendable (IntakeFindings) -> IntakeDecision
    ) async throws(AdapterError) -> IntakeDecision {
        let decision = decide(IntakeFindings())
        noted.withLock { $0 = decision.orders.map(\.state) }
        return decision
    }

    func keep(_ message: ReceivedMessage, records: [AuditRecord]) async throws(AdapterError) {}

    @discardableResult
    func record(_ records: [AuditRecord]) async throws(AdapterError) -> [UInt64] {
        records.indices.map { UInt64($0) }
    }

    func leaseOrder(now: Timestamp, for duration: Duration) async throws(AdapterError) -> (StoredOrder, Lease)? { nil }

    func finish(
        _ order: StoredOrder, lease: Lease, study: String?, outbox: [OutboxDraft], records: [AuditRecord]
    ) async throws(AdapterError) {}

    func adopt(
        notice: OrderID, lease: Lease, keys: [OrderKey], now: Timestamp, records: [AuditRecord]
    ) async throws(AdapterError) -> Bool { false }

    func leaseOutboxEntry(
        now: Timestamp, for duration: Duration, lane: DeliveryLane
    ) async throws(AdapterError) -> (OutboxEntry, Lease)? { nil }

    func finishOutboxEntry(
        _ entry: OutboxEntry, lease: Lease, state: OutboxEntry.State, nextAttempt: Timestamp, records: [AuditRecord],
        change: @escaping @Sendable (_ order: StoredOrder, _ isWithdrawn: Bool) -> StoredOrder?
    ) async throws(AdapterError) {}

    func order(_ id: OrderID) async throws(AdapterError) -> StoredOrder? { nil }

    func orders(_ filter: OrderFilter) async throws(AdapterError) -> [StoredOrder] { [] }

    func update(
        _ id: OrderID, change: @escaping @Sendable (StoredOrder) -> (StoredOrder, [AuditRecord])?
    ) async throws(AdapterError) -> StoredOrder? { nil }

    func keep(_ certificate: StoredCertificate) async throws(AdapterError) {}

    func certificates(of order: OrderID) async throws(AdapterError) -> [StoredCertificate] { [] }

    func leaseReply(
        now: Timestamp, for duration: Duration
    ) async throws(AdapterError) -> (PendingReply, Lease)? { nil }

    func finishReply(
        _ reply: PendingReply, lease: Lease, state: OutboxEntry.State, nextAttempt: Timestamp, records: [AuditRecord]
    ) async throws(AdapterError) {}

    func releaseHeld(since: Timestamp, now: Timestamp, records: [AuditRecord]) async throws(AdapterError) -> Int { 0 }

    func counts() async throws(AdapterError) -> StoreCounts { StoreCounts() }
}
