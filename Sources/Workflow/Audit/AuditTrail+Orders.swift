public import Audit

/// What becomes of orders and of what is sent for them.
extension AuditTrail {
    /// Searches the EHR for resources of one type; the outcome tells how many there were.
    func search<Resource: Sendable>(
        _ event: AuditEventType, _ resource: String, _ query: AuditFact, _ scope: AuditScope,
        _ body: () async throws(AdapterError) -> [Resource]
    ) async throws(AdapterError) -> [Resource] {
        let what: AuditDetails = [.resource: .code(resource), .transaction: .code("search"), .query: query]
        return try await around(
            event, scope, intent: what, facts: { AccessFacts(what.merging([.count: .count($0.count)])) }, body)
    }

    /// Reads one resource of the EHR by its id.
    func read<Resource: Sendable>(
        _ event: AuditEventType, _ resource: String, _ scope: AuditScope,
        _ body: () async throws(AdapterError) -> Resource?
    ) async throws(AdapterError) -> Resource? {
        let what: AuditDetails = [.resource: .code(resource), .transaction: .code("read")]
        return try await around(
            event, scope, intent: what, facts: { AccessFacts(what.merging([.count: .count($0 == nil ? 0 : 1)])) },
            body)
    }

    /// Order, study and EHR were compared; `step` tells by the archive's index or by the headers that arrived.
    func matched(_ scope: AuditScope, step: String, code: String?) -> AuditRecord {
        record(
            .studyMatch, scope, outcome: code == nil ? .success : .minorFailure, code: code,
            accessClass: scope.accessClass,
            details: [.step: .code(step)])
    }

    func stateChange(
        _ scope: AuditScope, from before: OrderState, to after: OrderState, code: String?
    ) -> AuditRecord {
        record(
            .orderState, scope, outcome: after == .parked ? .minorFailure : .success, code: code,
            details: [.from: .code(before.rawValue), .to: .code(after.rawValue)])
    }

    func delivery(_ scope: AuditScope, _ entry: OutboxEntry, state: OutboxEntry.State, code: String) -> AuditRecord {
        record(
            .orderState, scope, outcome: state == .delivered ? .success : .minorFailure, code: code,
            details: [
                .outbox: .code(state.rawValue), .kind: .code(entry.kind.rawValue),
                .attempts: .count(entry.attempts + 1),
            ])
    }

    /// What became of a deferred acknowledgment; it belongs to what the message made.
    func reply(
        _ pending: PendingReply, state: OutboxEntry.State, code: String, details: AuditDetails
    ) -> AuditRecord {
        record(
            .orderAcknowledged, AuditScope(correlation: pending.reply.correlation).peer(pending.reply.destination),
            outcome: state == .delivered ? .success : .minorFailure, code: code, accessClass: .operations,
            details: details.merging([.reply: .code(state.rawValue), .attempts: .count(pending.attempts + 1)]))
    }

    /// An operator's command on one order, under the order's correlation.
    public func operation(_ event: AuditEventType, on order: StoredOrder, code: String? = nil) -> AuditRecord {
        var record = record(event, AuditScope(order: order), code: code, accessClass: .operations)
        if roles == [.application] { record.roles = [.operator] }
        return record
    }

    /// An operator's command on several orders, of which each is named.
    public func operation(
        _ event: AuditEventType, on orders: [StoredOrder], details: AuditDetails = [:]
    ) -> AuditRecord {
        reading(
            event, role: .operator, subjects: orders.map { Subject(type: .order, identifier: $0.id.value) },
            details: details.merging([.orders: .count(orders.count)]))
    }
}
