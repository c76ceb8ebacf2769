import Audit
import Mapping
import Synchronization
import Workflow

/// The real store with faults: it dies at a chosen call, before or after the commit, or refuses chosen records.
final class SimulatedStore: OrderStore {
    enum Fault: Sendable {
        case none
        /// Call number `call` (1 for the first) and all later ones fail; that one is committed or not.
        case crash(call: Int, isCommitted: Bool)
    }

    private struct State {
        var calls = 0
        var fault = Fault.none
        var refuses: @Sendable (AuditRecord) -> Bool = { _ in false }
        var afterLease: (@Sendable () async -> Void)?
        var keepsCertificates = true
    }

    let inner: any OrderStore & ExportStore
    private let ledger: Ledger
    private let state: Mutex<State>

    init(_ inner: any OrderStore & ExportStore, ledger: Ledger, fault: Fault = .none) {
        self.inner = inner
        self.ledger = ledger
        state = Mutex(State(fault: fault))
    }

    var calls: Int { state.withLock { $0.calls } }

    /// Whether the crash has happened.
    var isDead: Bool {
        state.withLock { state in
            if case .crash(let call, _) = state.fault { state.calls >= call } else { false }
        }
    }

    /// Records for which the log has no room: the call that would write one fails.
    func refuse(_ refuses: @escaping @Sendable (AuditRecord) -> Bool) { state.withLock { $0.refuses = refuses } }

    /// Runs once, right after the next outbox entry was leased.
    func afterNextLease(_ body: @escaping @Sendable () async -> Void) { state.withLock { $0.afterLease = body } }

    private enum Course { case run, failAfter, fail }

    func call<T: Sendable>(
        _ records: [AuditRecord] = [], _ body: () async throws(AdapterError) -> T
    ) async throws(AdapterError) -> T {
        let course: Course = state.withLock { state in
            state.calls += 1
            guard case .crash(let call, let isCommitted) = state.fault, state.calls >= call else { return .run }
            return state.calls == call && isCommitted ? .failAfter : .fail
        }
        let crash = AdapterError(.fault, code: "simulated.crash")
        if course == .fail { throw crash }
        let refuses = state.withLock { $0.refuses }
        guard !records.contains(where: refuses) else { throw AdapterError(.busy, code: "simulated.diskFull") }
        let value = try await body()
        if course == .failAfter { throw crash }
        return value
    }

    func accept(
        _ intake: Intake, decide: @escaping @Sendable (IntakeFindings) -> IntakeDecision
    ) async throws(AdapterError) -> IntakeDecision {
        try await call { () async throws(AdapterError) in try await inner.accept(intake, decide: decide) }
    }

    func keep(_ message: ReceivedMessage, records: [AuditRecord]) async throws(AdapterError) {
        try await call(records) { () async throws(AdapterError) in try await inner.keep(message, records: records) }
    }

    func record(_ records: [AuditRecord]) async throws(AdapterError) -> [UInt64] {
        try await call(records) { () async throws(AdapterError) in
            let indexes = try await inner.record(records)
            ledger.committed(records, indexes)
            return indexes
        }
    }

    func leaseOrder(now: Timestamp, for duration: Duration) async throws(AdapterError) -> (StoredOrder, Lease)? {
        try await call { () async throws(AdapterError) in try await inner.leaseOrder(now: now, for: duration) }
    }

    func finish(
        _ order: StoredOrder, lease: Lease, study: String?, outbox: [OutboxDraft], records: [AuditRecord]
    ) async throws(AdapterError) {
        try await call(records) { () async throws(AdapterError) in
            try await inner.finish(order, lease: lease, study: study, outbox: outbox, records: records)
        }
    }

    func adopt(
        notice: OrderID, lease: Lease, keys: [OrderKey], now: Timestamp, records: [AuditRecord]
    ) async throws(AdapterError) -> Bool {
        try await call(records) { () async throws(AdapterError) in
            try await inner.adopt(notice: notice, lease: lease, keys: keys, now: now, records: records)
        }
    }

    func leaseOutboxEntry(
        now: Timestamp, for duration: Duration, lane: DeliveryLane
    ) async throws(AdapterError) -> (OutboxEntry, Lease)? {
        let leased = try await call { () async throws(AdapterError) in
            try await inner.leaseOutboxEntry(now: now, for: duration, lane: lane)
        }
        if leased != nil, let body = state.withLock({ $0.afterLease.take() }) { await body() }
        return leased
    }

    func finishOutboxEntry(
        _ entry: OutboxEntry, lease: Lease, state: OutboxEntry.State, nextAttempt: Timestamp, records: [AuditRecord],
        change: @escaping @Sendable (_ order: StoredOrder, _ isWithdrawn: Bool) -> StoredOrder?
    ) async throws(AdapterError) {
        try await call(records) { () async throws(AdapterError) in
            try await inner.finishOutboxEntry(
                entry, lease: lease, state: state, nextAttempt: nextAttempt, records: records, change: change)
        }
    }

    func order(_ id: OrderID) async throws(AdapterError) -> StoredOrder? {
        try await call { () async throws(AdapterError) in try await inner.order(id) }
    }

    func orders(_ filter: OrderFilter) async throws(AdapterError) -> [StoredOrder] {
        try await inner.orders(filter)
    }

    func update(
        _ id: OrderID, change: @escaping @Sendable (StoredOrder) -> (StoredOrder, [AuditRecord])?
    ) async throws(AdapterError) -> StoredOrder? {
        try await call { () async throws(AdapterError) in try await inner.update(id, change: change) }
    }

    /// Whether certificates can be written.
    func keepCertificates(_ keeps: Bool) { state.withLock { $0.keepsCertificates = keeps } }

    func keep(_ certificate: StoredCertificate) async throws(AdapterError) {
        guard state.withLock({ $0.keepsCertificates }) else {
            throw AdapterError(.busy, code: "simulated.diskFull")
        }
        try await call { () async throws(AdapterError) in try await inner.keep(certificate) }
    }

    func certificates(of order: OrderID) async throws(AdapterError) -> [StoredCertificate] {
        try await inner.certificates(of: order)
    }

    func leaseReply(now: Timestamp, for duration: Duration) async throws(AdapterError) -> (PendingReply, Lease)? {
        try await call { () async throws(AdapterError) in try await inner.leaseReply(now: now, for: duration) }
    }

    func finishReply(
        _ reply: PendingReply, lease: Lease, state: OutboxEntry.State, nextAttempt: Timestamp, records: [AuditRecord]
    ) async throws(AdapterError) {
        try await call(records) { () async throws(AdapterError) in
            try await inner.finishReply(
                reply, lease: lease, state: state, nextAttempt: nextAttempt, records: records)
        }
    }

    func releaseHeld(
        since: Timestamp, now: Timestamp, records: [AuditRecord]
    ) async throws(AdapterError) -> Int {
        try await call(records) { () async throws(AdapterError) in
            try await inner.releaseHeld(since: since, now: now, records: records)
        }
    }

    func counts() async throws(AdapterError) -> StoreCounts { try await inner.counts() }
}
