import Audit
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

    static let leaseDuration = Duration.seconds(900)
    /// A delivery is cancelled, and tried again, before its lease ends, so that no two are under way.
    static let runLimit = Duration.seconds(780)

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
        do {
            try await run(entry, of: order, lease: lease)
        } catch {
            // The lease was lost: whoever has it now decides.
            guard error.category == .conflict else { throw error }
        }
        return true
    }

    /// Sends the entry, unless its order was cancelled or parked since it was leased, and stores what became of it.
    private func run(_ entry: OutboxEntry, of order: StoredOrder, lease: Lease) async throws(AdapterError) {
        let scope = AuditScope(order: order).peer(ehr.name)
        guard order.state == .composed || order.state == .delivered else {
            return try await finish(entry, lease, state: .withdrawn, code: "report.withdrawn", scope: scope)
        }
        let delivery: Delivery
        do {
            delivery = try await clock.limiting(Self.runLimit) { () async throws(AdapterError) in
                try await deliver(entry, scope: scope)
            }
        } catch {
            return try await fail(entry, of: order, lease, error, scope: scope)
        }
        switch delivery {
        case .done(let code):
            try await finish(entry, lease, state: .delivered, code: code, scope: scope)
        case .conflict(let code):
            try await finish(entry, lease, state: .failed, code: code, scope: scope, reason: .reportConflict)
        }
    }

    private enum Delivery: Sendable {
        case done(code: String)
        case conflict(code: String)
    }

    private func deliver(_ entry: OutboxEntry, scope: AuditScope) async throws(AdapterError) -> Delivery {
        let report = try read(entry)
        let present: PresentReport?
        switch try await look(for: report, scope: scope) {
        case .several: return .conflict(code: "report.duplicate")
        case .none: present = nil
        case .one(let found): present = found
        }
        guard let present else { return try await post(report.bundle, of: report, scope: scope) }
        switch comparison(present, report) {
        case .same: return .done(code: "report.present")
        case .foreign(let reason): return .conflict(code: "report.foreign.\(reason.rawValue)")
        case .changed:
            do {
                let revision = try report.revised(report: present.report, observation: present.observation)
                return try await post(revision.bundle, of: report, scope: scope)
            } catch let error as AdapterError {
                throw error
            } catch {
                throw AdapterError(.incorrect, code: "ehr.reportWithoutVersion")
            }
        }
    }

    /// Posts, then reads the report back: what counts is what the EHR shows, not what its answer says.
    private func post(
        _ transaction: Bundle, of report: ComposedReport, scope: AuditScope
    ) async throws(AdapterError) -> Delivery {
        _ = try await trail.around(.reportPost, scope) { () async throws(AdapterError) in
            try await ehr.submit(transaction)
        }
        switch try await look(for: report, scope: scope) {
        case .several: return .conflict(code: "report.duplicate")
        case .none: throw AdapterError(.conflict, code: "ehr.reportNotShown")
        case .one(let found):
            switch comparison(found, report) {
            case .same: return .done(code: "report.posted")
            case .changed: throw AdapterError(.conflict, code: "ehr.reportChanged")
            case .foreign(let reason): return .conflict(code: "report.foreign.\(reason.rawValue)")
            }
        }
    }

    private struct PresentReport: Sendable {
        let report: DiagnosticReport
        let observation: Observation?
    }

    private enum Lookup: Sendable {
        case none
        case one(PresentReport)
        case several
    }

    private func look(for report: ComposedReport, scope: AuditScope) async throws(AdapterError) -> Lookup {
        guard let identifier = report.report.identifiers.first else {
            throw AdapterError(.fault, code: "outbox.payloadInvalid")
        }
        return try await trail.around(.reportRead, scope) { () async throws(AdapterError) -> Lookup in
            let found = try await ehr.diagnosticReports(identifier: identifier)
            guard let first = found.first else { return .none }
            guard found.count == 1 else { return .several }
            guard let target = first.result.first?.target, target.type == Observation.resourceType else {
                return .one(PresentReport(report: first, observation: nil))
            }
            return .one(PresentReport(report: first, observation: try await ehr.observation(id: target.id)))
        }
    }

    private func comparison(_ present: PresentReport, _ report: ComposedReport) -> ReportComparison {
        ReportComparison(
            existing: present.report, existingObservation: present.observation, ours: report, serverBase: ehr.base)
    }

    private func read(_ entry: OutboxEntry) throws(AdapterError) -> ComposedReport {
        do {
            return try ComposedReport(Bundle(JSONValue(parsing: entry.payload)))
        } catch {
            throw AdapterError(.fault, code: "outbox.payloadInvalid")
        }
    }

    private func fail(
        _ entry: OutboxEntry, of order: StoredOrder, _ lease: Lease, _ error: AdapterError, scope: AuditScope
    ) async throws(AdapterError) {
        let now = clock.now()
        var progress = order.content.progress
        let failures = progress.count(error.category)
        let decision = retry.decide(
            error, failures: failures, since: entry.firstAttempt ?? now, now: now, jitter: .random(in: 0..<1))
        switch decision {
        case .retry(let moment):
            try await finish(
                entry, lease, state: .pending, code: error.code, scope: scope, nextAttempt: moment, progress: progress)
        case .park(let reason):
            try await finish(entry, lease, state: .failed, code: error.code, scope: scope, reason: reason)
        }
    }

    private func finish(
        _ entry: OutboxEntry, _ lease: Lease, state: OutboxEntry.State, code: String, scope: AuditScope,
        reason: ParkReason? = nil, nextAttempt: Timestamp? = nil, progress: OrderProgress = OrderProgress()
    ) async throws(AdapterError) {
        let now = clock.now()
        try await store.finishOutboxEntry(
            entry, lease: lease, state: state, nextAttempt: nextAttempt ?? now,
            records: [trail.delivery(scope, state: state, code: code)]
        ) { order in
            var order = order
            switch state {
            case .delivered: order.wasDelivered()
            case .failed: order.failDelivery(reason, code: code)
            case .pending where order.state == .composed: order.content.progress = progress
            case .held, .pending, .withdrawn: return nil
            }
            order.updated = now
            return order
        }
    }
}

extension StoredOrder {
    /// The report went out; also when the order was cancelled or parked while it was on its way.
    fileprivate mutating func wasDelivered() {
        content.progress = OrderProgress()
        if let parking = content.parking, state == .parked {
            content.parking = Parking(reason: parking.reason, code: parking.code, from: .delivered)
        }
        state = state.transition(on: .delivered)?.state ?? state
    }

    fileprivate mutating func failDelivery(_ reason: ParkReason?, code: String) {
        guard let transition = state.transition(on: .parked) else { return }
        content.progress = OrderProgress()
        content.parking = reason.map { Parking(reason: $0, code: code, from: state) }
        state = transition.state
    }
}
