import Mapping

/// How a run ends: each ending is one commit with its audit record.
extension OrderWorker {
    /// No complete images yet: polls again later, or gives up after the waiting time.
    ///
    /// `settled` is when a study that was found has been unchanged for long enough.
    func wait(
        _ order: StoredOrder, _ imaging: ImagingOrder, until settled: Timestamp?, lease: Lease
    ) async throws(AdapterError) {
        var order = order
        let now = clock.now()
        let start = imaging.scheduledTime.map(Timestamp.init) ?? order.created
        let origin = max(start, order.created)
        guard now - origin < waiting.giveUpAfter else {
            return try await park(order, .imagesNeverArrived, code: nil, lease: lease)
        }
        order.content.progress.failures = 0
        order.content.progress.conflicts = 0
        order.content.progress.failingSince = nil
        if let settled {
            order.nextAttempt = max(settled, now + .milliseconds(200))
        } else if start > now {
            // Nothing to ask for long before the exam: polling begins near the scheduled time.
            order.nextAttempt = min(max(start, now + waiting.firstPoll), now + .seconds(86400))
        } else {
            order.content.progress.polls += 1
            order.nextAttempt = now + waiting.pause(after: order.content.progress.polls)
        }
        try await finish(order, lease: lease, event: .imagesMissing)
    }

    /// Lets the retry policy decide.
    func fail(_ order: StoredOrder, _ failure: RunFailure, lease: Lease) async throws(AdapterError) {
        switch failure.consequence {
        case .park(let reason):
            try await park(order, reason, code: failure.code, lease: lease)
        case .policy(let error):
            var order = order
            let now = clock.now()
            let failures = order.content.progress.count(error.category)
            let since = order.content.progress.failingSince ?? now
            order.content.progress.failingSince = since
            let decision = retry.decide(
                error, failures: failures, since: since, now: now, jitter: .random(in: 0..<1))
            switch decision {
            case .retry(let moment):
                order.nextAttempt = moment
                try await finish(order, lease: lease, event: nil, code: failure.code)
            case .park(let reason):
                try await park(order, reason, code: failure.code, lease: lease)
            }
        }
    }

    /// Why an order that was accepted ends without a report; the raw values are stable and stand in `orders list`.
    enum Decline: String, Error {
        /// The site's rules, changed since the order was accepted, claim it no more.
        case noRule
        /// No model of the installation is asked for such an order.
        case noModel
        /// Only shadow models are: what they say is recorded.
        case shadowOnly
    }

    /// Ends an order that no model reports on; where a report is out already, a person looks at it.
    func decline(_ order: StoredOrder, _ reason: Decline, lease: Lease) async throws(AdapterError) {
        var order = order
        let code = "order.\(reason.rawValue)"
        order.content.notApplicableReason = reason.rawValue
        try await finish(order, lease: lease, event: .unclaimed, parking: (.orderChanged, code), code: code)
    }

    private func park(
        _ order: StoredOrder, _ reason: ParkReason, code: String?, lease: Lease
    ) async throws(AdapterError) {
        try await finish(
            order, lease: lease, event: .parked, parking: (reason, code), code: code ?? reason.rawValue)
    }

    /// Applies the event, writes order, outbox and audit record in one commit.
    ///
    /// A report that each destination has already is delivered as soon as it is composed.
    func finish(
        _ order: StoredOrder, lease: Lease, event: OrderEvent?, study: String? = nil, outbox: [OutboxDraft] = [],
        parking: (reason: ParkReason, code: String?)? = nil, code: String? = nil
    ) async throws(AdapterError) {
        var order = order
        let (before, now) = (order.state, clock.now())
        if let event { order.apply(event, now: now, parking: parking) }
        if event == .composed, outbox.isEmpty { order.apply(.delivered, now: now) }
        order.updated = now
        let record = trail.stateChange(AuditScope(order: order), from: before, to: order.state, code: code)
        try await store.finish(order, lease: lease, study: study, outbox: outbox, records: [record])
    }
}

extension Timestamp {
    fileprivate init(_ time: OrderTime) { self.init(microseconds: time.secondsSinceEpoch * 1_000_000) }
}
