import Audit
import Reporting

/// Sends composed reports and takes back what went out, one entry per order and destination at a time, oldest first.
///
/// Each destination's entry has its own retry and its own fate: one that fails or stays away neither stops nor
/// withdraws another's. The order is delivered when all destinations have its report.
public struct Deliverer: Sendable {
    let store: any OrderStore
    let channels: [any DeliveryChannel]
    let retry: RetryPolicy
    let clock: any WallClock
    let trail: AuditTrail

    static let leaseDuration = Duration.seconds(900)
    /// A delivery is cancelled, and tried again, before its lease ends, so that no two are under way.
    static let runLimit = Duration.seconds(780)

    /// - Parameters:
    ///   - ehr: the EHR's FHIR interface; `nil` where the EHR has none.
    ///   - destinations: receivers of results as HL7 v2 messages.
    public init(
        store: any OrderStore, ehr: (any EHR)?, destinations: [any ResultDestination] = [], retry: RetryPolicy,
        clock: any WallClock, trail: AuditTrail
    ) {
        self.store = store
        self.retry = retry
        self.clock = clock
        self.trail = trail
        var channels: [any DeliveryChannel] = []
        if let ehr { channels.append(ReportChannel(ehr: ehr, trail: trail)) }
        for destination in destinations { channels.append(ResultChannel(destination: destination, trail: trail)) }
        self.channels = channels
    }

    /// The lanes to serve, each by a loop of its own, so that a destination that does not answer holds up nobody else:
    /// one for each HL7 v2 destination, and one for the EHR and what no destination is configured for any more.
    public static func lanes(for destinations: [String]) -> [DeliveryLane] {
        [.except(destinations)] + destinations.map { .only($0) }
    }

    /// Leases one due entry of the lane and delivers it; `false` when none is due.
    public func deliverOne(_ lane: DeliveryLane = .all) async throws(AdapterError) -> Bool {
        let now = clock.now()
        guard let (entry, lease) = try await store.leaseOutboxEntry(now: now, for: Self.leaseDuration, lane: lane)
        else { return false }
        guard let order = try await store.order(entry.order) else {
            throw AdapterError(.fault, code: "store.orderMissing")
        }
        do {
            // What was withdrawn before it was tried is not leased at all.
            let wasTried = entry.isWithdrawn || entry.attempts > 0 || (entry.firstAttempt.map { $0 < now } ?? false)
            try await run(entry, of: order, wasTried: wasTried, lease: lease)
        } catch {
            // The lease was lost: whoever has it now decides.
            guard error.category == .conflict else { throw error }
        }
        return true
    }

    /// Tries the entry once and stores what became of it.
    private func run(
        _ entry: OutboxEntry, of order: StoredOrder, wasTried: Bool, lease: Lease
    ) async throws(AdapterError) {
        let scope = AuditScope(order: order).peer(entry.destination)
        let outcome: DeliveryOutcome
        do {
            outcome = try await clock.limiting(Self.runLimit) { () async throws(AdapterError) in
                try await attempt(entry, of: order, wasTried: wasTried, scope: scope)
            }
        } catch {
            return try await fail(entry, of: order, lease, error, scope: scope)
        }
        try await finish(entry, of: order, lease, outcome, scope: scope)
    }

    private func attempt(
        _ entry: OutboxEntry, of order: StoredOrder, wasTried: Bool, scope: AuditScope
    ) async throws(AdapterError) -> DeliveryOutcome {
        guard let channel = channels.first(where: { $0.name == entry.destination }) else {
            throw AdapterError(.incorrect, code: "destination.notConfigured")
        }
        guard entry.kind == .report else {
            return try await channel.withdraw(entry.payload, at: entry.created, scope: scope)
        }
        guard entry.isWithdrawn || !order.keepsUnsentReports else {
            return try await channel.deliver(entry.payload, scope: scope)
        }
        guard wasTried else { return .ended(code: "report.withdrawn") }
        guard order.isCurrent(entry) else {
            return try await channel.withdraw(entry.payload, at: entry.created, scope: scope)
        }
        // A newer version follows, to which a receiver that cannot be asked is left.
        guard channel.canBeAsked || !order.keepsUnsentReports else { return .ended(code: "report.withdrawn") }
        return try await channel.settle(entry.payload, at: entry.created, scope: scope)
    }

    // MARK: - Outcomes

    private func finish(
        _ entry: OutboxEntry, of order: StoredOrder, _ lease: Lease, _ outcome: DeliveryOutcome, scope: AuditScope
    ) async throws(AdapterError) {
        let now = clock.now()
        let destination = entry.destination
        switch outcome {
        case .delivered(let code, let digest):
            try await end(entry, lease, .delivered, code: code, scope: scope) { order, isWithdrawn in
                order.reached(
                    destination, with: entry, isWithdrawn: isWithdrawn, digest: digest, isFinal: false, now: now)
            }
        case .finalised(let code) where entry.kind == .report && order.isCurrent(entry):
            // Recorded only: the person's word stands, ours is not sent.
            try await end(entry, lease, .withdrawn, code: code, scope: scope, outcome: .minorFailure) {
                order, isWithdrawn in
                order.reached(
                    destination, with: entry, isWithdrawn: isWithdrawn, digest: nil, isFinal: true, now: now)
            }
        case .finalised(let code):
            try await end(entry, lease, .failed, code: code, scope: scope) { order, _ in
                order.content.standing = .final
                order.refused(by: destination, .reportFinal, code: code, now: now)
            }
        case .withdrawn(let code):
            let state: OutboxEntry.State = entry.kind == .report ? .withdrawn : .delivered
            try await end(entry, lease, state, code: code, scope: scope, outcome: .success) { order, _ in
                order.withdrawn(from: destination, now: now)
            }
        case .ended(let code):
            try await end(entry, lease, .withdrawn, code: code, scope: scope)
        case .conflict(let code):
            try await end(entry, lease, .failed, code: code, scope: scope) { order, isWithdrawn in
                // The version that took its place while it was on its way has its own say.
                guard entry.isWithdrawn || !isWithdrawn else { return }
                order.refused(by: destination, .reportConflict, code: code, now: now)
            }
        }
    }

    private func fail(
        _ entry: OutboxEntry, of order: StoredOrder, _ lease: Lease, _ error: AdapterError, scope: AuditScope
    ) async throws(AdapterError) {
        let now = clock.now()
        // An order that is being run is left alone, for a change would end the run.
        var counted = order
        let failures =
            order.state.isBeforeCompose
            ? entry.attempts + 1 : counted.countFailure(at: entry.destination, error.category)
        let decision = retry.decide(
            error, failures: failures, since: entry.firstAttempt ?? now, now: now, jitter: .random(in: 0..<1))
        let (destination, category) = (entry.destination, error.category)
        switch decision {
        case .retry(let moment):
            try await end(entry, lease, .pending, code: error.code, scope: scope, nextAttempt: moment) { order, _ in
                if !order.state.isBeforeCompose { _ = order.countFailure(at: destination, category) }
            }
        case .park(let reason):
            try await end(entry, lease, .failed, code: error.code, scope: scope) { order, isWithdrawn in
                // Of an order that takes its report back, or has a newer one, only the entry tells that it is not known.
                if entry.kind != .report || !isWithdrawn {
                    order.refused(by: destination, reason, code: error.code, now: now)
                }
            }
        }
    }

    private func end(
        _ entry: OutboxEntry, _ lease: Lease, _ state: OutboxEntry.State, code: String, scope: AuditScope,
        nextAttempt: Timestamp? = nil, outcome: Outcome? = nil,
        change: @escaping @Sendable (inout StoredOrder, _ isWithdrawn: Bool) -> Void = { _, _ in }
    ) async throws(AdapterError) {
        let now = clock.now()
        var record = trail.delivery(scope, entry, state: state, code: code)
        if let outcome { record.outcome = outcome }
        try await store.finishOutboxEntry(
            entry, lease: lease, state: state, nextAttempt: nextAttempt ?? now, records: [record]
        ) { order, isWithdrawn in
            var changed = order
            change(&changed, isWithdrawn)
            return changed == order ? nil : changed
        }
    }
}
