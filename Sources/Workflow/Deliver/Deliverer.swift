import FHIR
import JSON
import Reporting

/// Sends composed reports, one entry per order and destination at a time, oldest first.
///
/// Every delivery begins with a look at what the EHR already has under our identifier, so that a repeated, raced or
/// replayed delivery makes no second report, and a foreign one is never overwritten.
public struct Deliverer: Sendable {
    let store: any OrderStore
    let ehr: any EHR
    let retry: RetryPolicy
    let clock: any WallClock
    let trail: AuditTrail

    static let leaseDuration = Duration.seconds(120)

    public init(
        store: any OrderStore, ehr: any EHR, retry: RetryPolicy, clock: any WallClock, trail: AuditTrail
    ) {
        self.store = store
        self.ehr = ehr
        self.retry = retry
        self.clock = clock
        self.trail = trail
    }

    /// Leases one due entry and delivers it; `false` when none is due.
    public func deliverOne() async throws(AdapterError) -> Bool {
        guard let (entry, lease) = try await store.leaseOutboxEntry(now: clock.now(), for: Self.leaseDuration) else {
            return false
        }
        guard let order = try await store.order(entry.order) else {
            throw AdapterError(.fault, code: "store.orderMissing")
        }
        let scope = AuditScope(order: order).peer(ehr.name)
        do {
            let delivery = try await deliver(entry, scope: scope)
            switch delivery {
            case .done(let code):
                try await finish(entry, lease, state: .delivered, event: .delivered, code: code, scope: scope)
            case .conflict(let code):
                try await finish(
                    entry, lease, state: .failed, event: .parked, code: code, scope: scope, reason: .reportConflict)
            }
        } catch {
            try await fail(entry, lease, error, scope: scope)
        }
        return true
    }

    private enum Delivery: Sendable {
        case done(code: String)
        case conflict(code: String)
    }

    private func deliver(_ entry: OutboxEntry, scope: AuditScope) async throws(AdapterError) -> Delivery {
        let report = try ComposedReport.reading(entry.payload)
        let existing = try await trail.around(.reportRead, scope) { () async throws(AdapterError) in
            try await ehr.diagnosticReports(identifier: report.identifier)
        }
        guard existing.count <= 1 else { return .conflict(code: "report.duplicate") }
        let request: Bundle
        if let present = existing.first {
            switch report.compare(with: present) {
            case .same: return .done(code: "report.present")
            case .changed: request = try report.updating(present)
            case .foreign(let reason): return .conflict(code: "report.foreign.\(reason)")
            }
        } else {
            request = report.bundle
        }
        _ = try await trail.around(.reportPost, scope) { () async throws(AdapterError) in
            try await ehr.submit(request)
        }
        return try await confirm(report, scope: scope)
    }

    /// Reads the report back: what counts is what the EHR shows, not what its answer says.
    private func confirm(_ report: ComposedReport, scope: AuditScope) async throws(AdapterError) -> Delivery {
        let shown = try await trail.around(.reportRead, scope) { () async throws(AdapterError) in
            try await ehr.diagnosticReports(identifier: report.identifier)
        }
        guard shown.count <= 1 else { return .conflict(code: "report.duplicate") }
        guard let present = shown.first else { throw AdapterError(.conflict, code: "ehr.reportNotShown") }
        switch report.compare(with: present) {
        case .same: return .done(code: "report.posted")
        case .changed: throw AdapterError(.conflict, code: "ehr.reportChanged")
        case .foreign(let reason): return .conflict(code: "report.foreign.\(reason)")
        }
    }

    private func fail(
        _ entry: OutboxEntry, _ lease: Lease, _ error: AdapterError, scope: AuditScope
    ) async throws(AdapterError) {
        let now = clock.now()
        let decision = retry.decide(
            error, failures: entry.attempts + 1, since: entry.firstAttempt ?? now, now: now,
            jitter: .random(in: 0..<1))
        switch decision {
        case .retry(let moment):
            try await finish(
                entry, lease, state: .pending, event: nil, code: error.code, scope: scope, nextAttempt: moment)
        case .park(let reason):
            try await finish(
                entry, lease, state: .failed, event: .parked, code: error.code, scope: scope, reason: reason)
        }
    }

    private func finish(
        _ entry: OutboxEntry, _ lease: Lease, state: OutboxEntry.State, event: OrderEvent?, code: String,
        scope: AuditScope, reason: ParkReason? = nil, nextAttempt: Timestamp? = nil
    ) async throws(AdapterError) {
        let now = clock.now()
        try await store.finishOutboxEntry(
            entry, lease: lease, state: state, nextAttempt: nextAttempt ?? now,
            records: [trail.delivery(scope, state: state, code: code)]
        ) { order in
            guard let transition = event.flatMap(order.state.transition(on:)) else { return nil }
            var order = order
            order.content.parking = reason.map { Parking(reason: $0, code: code, from: order.state) }
            order.state = transition.state
            order.updated = now
            return order
        }
    }
}
