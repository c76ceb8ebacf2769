public import Audit
public import Mapping
public import Workflow

extension SQLiteStore: OrderStore {
    public func accept(
        _ intake: Intake, decide: @escaping @Sendable (IntakeFindings) -> IntakeDecision
    ) async throws(AdapterError) -> IntakeDecision {
        let (context, values) = (context, KeyedValues(context.keys))
        let terms = IntakeTerms(intake, values: values)
        let draft: IntakeDraft?
        do {
            // What a message that brings nothing known would write; inside the transaction that is looked up.
            draft = try IntakeDraft(decide(IntakeFindings()), of: intake, context: context, values: values)
        } catch {
            throw AdapterError(store: error)
        }
        return try await change { transaction in
            try transaction.accept(intake, terms, draft: draft, decide: decide)
        }
    }

    public func keep(_ message: ReceivedMessage, records: [AuditRecord]) async throws(AdapterError) {
        let draft = MessageDraft(message, reply: nil, isKept: true, values: KeyedValues(context.keys))
        try await change { transaction in
            try transaction.add(draft, sealedBy: try transaction.dataKey(for: .none))
            _ = try transaction.append(records)
        }
    }

    @discardableResult
    public func record(_ records: [AuditRecord]) async throws(AdapterError) -> [UInt64] {
        let leaves: [LeafDraft]
        do {
            let values = KeyedValues(context.keys)
            leaves = try records.map { try LeafDraft($0, context: context, values: values) }
        } catch {
            throw AdapterError(store: error)
        }
        return try await change { try $0.append(leaves, key: nil) }
    }

    public func leaseOrder(
        now: Timestamp, for duration: Duration
    ) async throws(AdapterError) -> (StoredOrder, Lease)? {
        guard try await isDue(.orders, now: now, { try $0.dueOrder(now: now) != nil }) else { return nil }
        return try await change { try $0.leaseOrder(now: now, for: duration) }
    }

    public func finish(
        _ order: StoredOrder, lease: Lease, study: String?, outbox: [OutboxDraft], records: [AuditRecord]
    ) async throws(AdapterError) {
        try await change { transaction in
            try transaction.check(lease, of: order.id)
            try transaction.write(order)
            if let study { try transaction.bind([OrderTerm(study: study, values: transaction.values)], to: order.id) }
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
        now: Timestamp, for duration: Duration, lane: DeliveryLane
    ) async throws(AdapterError) -> (OutboxEntry, Lease)? {
        guard try await isDue(.outbox(lane), now: now, { try $0.dueEntry(now: now, lane: lane) != nil }) else {
            return nil
        }
        return try await change { try $0.leaseOutboxEntry(now: now, for: duration, lane: lane) }
    }

    public func finishOutboxEntry(
        _ entry: OutboxEntry, lease: Lease, state: OutboxEntry.State, nextAttempt: Timestamp, records: [AuditRecord],
        change: @escaping @Sendable (_ order: StoredOrder, _ isWithdrawn: Bool) -> StoredOrder?
    ) async throws(AdapterError) {
        try await self.change { transaction in
            let isWithdrawn = try transaction.finish(entry, lease, state, nextAttempt)
            guard let order = try transaction.order(entry.order) else { throw StoreFailure.rowMissing }
            if let changed = change(order, isWithdrawn) { try transaction.write(changed) }
            _ = try transaction.append(records)
        }
    }

    public func leaseReply(
        now: Timestamp, for duration: Duration
    ) async throws(AdapterError) -> (PendingReply, Lease)? {
        guard try await isDue(.replies, now: now, { try $0.dueReply(now: now) != nil }) else { return nil }
        return try await change { try $0.leaseReply(now: now, for: duration) }
    }

    public func finishReply(
        _ reply: PendingReply, lease: Lease, state: OutboxEntry.State, nextAttempt: Timestamp, records: [AuditRecord]
    ) async throws(AdapterError) {
        try await change { transaction in
            try transaction.finish(reply, lease, state, nextAttempt)
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

    /// Workers ask all the time: while nothing is due they do not disturb the one writer.
    func isDue(
        _ question: IdleMemory.Question, now: Timestamp,
        _ body: @escaping @Sendable (StoreTransaction) throws -> Bool
    ) async throws(AdapterError) -> Bool {
        guard !context.idle.isIdle(question, now: now) else { return false }
        return try await context.idle.ask(question, now: now) { () async throws(AdapterError) in try await read(body) }
    }

    public func counts() async throws(AdapterError) -> StoreCounts { try await read { try $0.counts() } }
}
