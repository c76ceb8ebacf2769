public import Audit
public import Mapping
public import Workflow

extension SQLiteStore: OrderStore {
    public func accept(
        _ intake: Intake, decide: @escaping @Sendable (IntakeFindings) -> IntakeDecision
    ) async throws(AdapterError) -> IntakeDecision {
        try await change { transaction in
            let findings = try transaction.findings(intake)
            let decision = decide(findings)
            try transaction.write(decision, of: intake, isReplay: findings.replay != nil)
            return decision
        }
    }

    public func keep(_ message: ReceivedMessage, records: [AuditRecord]) async throws(AdapterError) {
        try await change { transaction in
            try transaction.add(message, patients: [], reply: nil, isKept: true)
            _ = try transaction.append(records)
        }
    }

    @discardableResult
    public func record(_ records: [AuditRecord]) async throws(AdapterError) -> [UInt64] {
        try await change { try $0.append(records) }
    }

    public func leaseOrder(
        now: Timestamp, for duration: Duration
    ) async throws(AdapterError) -> (StoredOrder, Lease)? {
        try await change { try $0.leaseOrder(now: now, for: duration) }
    }

    public func finish(
        _ order: StoredOrder, lease: Lease, study: String?, outbox: [OutboxDraft], records: [AuditRecord]
    ) async throws(AdapterError) {
        try await change { transaction in
            try transaction.check(lease, of: order.id)
            try transaction.write(order)
            if let study { try transaction.link(study: study, to: order.id) }
            for draft in outbox { try transaction.add(draft, for: order) }
            _ = try transaction.append(records)
        }
    }

    public func adopt(
        notice: OrderID, lease: Lease, keys: [OrderKey], now: Timestamp, records: [AuditRecord]
    ) async throws(AdapterError) -> Bool {
        try await change { transaction in
            try transaction.check(lease, of: notice)
            guard try transaction.adopt(notice, keys: keys, now: now) else { return false }
            _ = try transaction.append(records)
            return true
        }
    }

    public func leaseOutboxEntry(
        now: Timestamp, for duration: Duration
    ) async throws(AdapterError) -> (OutboxEntry, Lease)? {
        try await change { try $0.leaseOutboxEntry(now: now, for: duration) }
    }

    public func finishOutboxEntry(
        _ entry: OutboxEntry, lease: Lease, state: OutboxEntry.State, nextAttempt: Timestamp, records: [AuditRecord],
        change: @escaping @Sendable (StoredOrder) -> StoredOrder?
    ) async throws(AdapterError) {
        try await self.change { transaction in
            try transaction.finish(entry, lease, state, nextAttempt)
            guard let order = try transaction.order(entry.order) else { throw StoreFailure.rowMissing }
            if let changed = change(order) { try transaction.write(changed) }
            _ = try transaction.append(records)
        }
    }

    public func order(_ id: OrderID) async throws(AdapterError) -> StoredOrder? { try await read { try $0.order(id) } }

    public func orders(_ filter: OrderFilter) async throws(AdapterError) -> [StoredOrder] {
        try await read { try $0.orders(filter) }
    }

    public func update(
        _ id: OrderID, change: @escaping @Sendable (StoredOrder) -> (StoredOrder, [AuditRecord])?
    ) async throws(AdapterError) -> StoredOrder? {
        try await self.change { transaction -> StoredOrder? in
            guard let order = try transaction.order(id) else { return nil }
            guard let (changed, records) = change(order) else { return order }
            try transaction.write(changed)
            _ = try transaction.append(records)
            return changed
        }
    }

    public func releaseHeld(
        since: Timestamp, now: Timestamp, records: [AuditRecord]
    ) async throws(AdapterError) -> Int {
        try await change { transaction in
            _ = try transaction.append(records)
            return try transaction.releaseHeld(since: since, now: now)
        }
    }

    public func counts() async throws(AdapterError) -> StoreCounts { try await read { try $0.counts() } }
}
