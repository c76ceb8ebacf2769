import Audit
import Mapping
import Sealing
import Synchronization
import Workflow

/// A store in memory as far as accepting needs it: what was written can be looked at, nothing outlives it.
final class MemoryStore: OrderStore {
    struct State {
        var orders: [OrderID: StoredOrder] = [:]
        var ids: [OrderID] = []
        var keys: [OrderKey: OrderID] = [:]
        var studies: [String: [OrderID]] = [:]
        var merges: [AssignedIdentifier: AssignedIdentifier] = [:]
        var replies: [String: [UInt8]] = [:]
        var kept: [ReceivedMessage] = []
        var records: [AuditRecord] = []
        var decisions: [IntakeDecision] = []
        var error: AdapterError?
    }

    private let state = Mutex(State())

    var all: State { state.withLock { $0 } }
    var orders: [StoredOrder] { state.withLock { state in state.ids.compactMap { state.orders[$0] } } }
    var last: IntakeDecision? { state.withLock { $0.decisions.last } }

    /// Every call fails like this; `nil` repairs it.
    func fail(_ error: AdapterError?) { state.withLock { $0.error = error } }

    /// What the worker or the deliverer would have done.
    func change(_ id: OrderID, _ change: (inout StoredOrder) -> Void) {
        state.withLock { state in
            guard var order = state.orders[id] else { return }
            change(&order)
            state.orders[id] = order
        }
    }

    private func call<T: Sendable>(_ body: (inout State) -> T) throws(AdapterError) -> T {
        let result: Result<T, AdapterError> = state.withLock { state in
            if let error = state.error { return .failure(error) }
            return .success(body(&state))
        }
        return try result.get()
    }

    func accept(
        _ intake: Intake, decide: @escaping @Sendable (IntakeFindings) -> IntakeDecision
    ) async throws(AdapterError) -> IntakeDecision {
        try call { state in
            let replayKey = "\(intake.message.deduplicationKey ?? "")/\(intake.message.digest.hex)"
            let decision = decide(state.findings(intake, replay: state.replies[replayKey]))
            state.write(decision)
            if decision.isReplayable { state.replies[replayKey] = decision.reply }
            return decision
        }
    }

    func keep(_ message: ReceivedMessage, records: [AuditRecord]) async throws(AdapterError) {
        try call { state in
            state.kept.append(message)
            state.records += records
        }
    }

    func record(_ records: [AuditRecord]) async throws(AdapterError) -> [UInt64] {
        try call { state in
            state.records += records
            return records.indices.map { UInt64(state.records.count - records.count + $0) }
        }
    }

    func order(_ id: OrderID) async throws(AdapterError) -> StoredOrder? { try call { $0.orders[id] } }

    func orders(_ filter: OrderFilter) async throws(AdapterError) -> [StoredOrder] { orders.reversed() }

    // MARK: - Nothing of this is needed to accept

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

    func update(
        _ id: OrderID, change: @escaping @Sendable (StoredOrder) -> (StoredOrder, [AuditRecord])?
    ) async throws(AdapterError) -> StoredOrder? { nil }

    func keep(_ certificate: StoredCertificate) async throws(AdapterError) {}

    func certificates(of order: OrderID) async throws(AdapterError) -> [StoredCertificate] { [] }

    func leaseReply(now: Timestamp, for duration: Duration) async throws(AdapterError) -> (PendingReply, Lease)? { nil }

    func finishReply(
        _ reply: PendingReply, lease: Lease, state: OutboxEntry.State, nextAttempt: Timestamp, records: [AuditRecord]
    ) async throws(AdapterError) {}

    func releaseHeld(since: Timestamp, now: Timestamp, records: [AuditRecord]) async throws(AdapterError) -> Int { 0 }

    func counts() async throws(AdapterError) -> StoreCounts { StoreCounts() }
}

extension MemoryStore.State {
    fileprivate func findings(_ intake: Intake, replay: [UInt8]?) -> IntakeFindings {
        let found = Dictionary(
            intake.keys.compactMap { key in keys[key].map { (key, $0) } }, uniquingKeysWith: { one, _ in one })
        let linked = Dictionary(
            intake.studies.compactMap { study in studies[study].map { (study, $0) } },
            uniquingKeysWith: { one, _ in one })
        var patients: [AssignedIdentifier: [OrderID]] = [:]
        var survivors: [AssignedIdentifier: AssignedIdentifier] = [:]
        for patient in intake.patients {
            let survivor = survivor(of: patient)
            survivors[patient] = survivor
            guard intake.wantsOrdersOfPatients else { continue }
            let names = [patient, survivor].compactMap(\.self)
            patients[patient] = ids.filter { id in
                let known = orders[id]?.content.order?.patient ?? []
                return known.contains { one in names.contains { $0.isSame(as: one) } }
            }
        }
        let all = Set(found.values).union(linked.values.joined()).union(patients.values.joined())
        return IntakeFindings(
            orders: all.compactMap { orders[$0] }.sorted { ($0.created, $0.id.value) < ($1.created, $1.id.value) },
            keys: found, studies: linked,
            patients: patients, survivors: survivors, replay: replay)
    }

    private func survivor(of patient: AssignedIdentifier) -> AssignedIdentifier? {
        guard merges[patient] != nil else { return nil }
        var current = patient
        for _ in 0..<merges.count { current = merges[current] ?? current }
        return current == patient ? nil : current
    }

    fileprivate mutating func write(_ decision: IntakeDecision) {
        for order in decision.orders {
            if orders.updateValue(order, forKey: order.id) == nil { ids.append(order.id) }
            bind(order.content.order?.identity.keys ?? [], to: order.id)
        }
        for (order, keys) in decision.additionalKeys { bind(keys, to: order) }
        for (order, linked) in decision.studies {
            for study in linked where studies[study]?.contains(order) != true {
                studies[study, default: []].append(order)
            }
        }
        for merge in decision.merges {
            merges[merge.surviving] = nil
            merges[merge.prior] = merge.surviving
        }
        records += decision.records
        decisions.append(decision)
    }

    private mutating func bind(_ bound: [OrderKey], to order: OrderID) {
        for key in bound where keys[key].flatMap({ orders[$0] }).map({ $0.kind == .notice }) ?? true {
            keys[key] = order
        }
    }
}
