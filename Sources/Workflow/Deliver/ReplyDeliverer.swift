import Audit
import HL7v2

/// Sends application acknowledgments that the sender of a message expects later, as messages of their own.
///
/// One that is refused, or cannot be sent for too long, is given up and recorded: the order itself was taken.
public struct ReplyDeliverer: Sendable {
    let store: any OrderStore
    let destinations: [any ResultDestination]
    let retry: RetryPolicy
    let clock: any WallClock
    let trail: AuditTrail

    public init(
        store: any OrderStore, destinations: [any ResultDestination], retry: RetryPolicy, clock: any WallClock,
        trail: AuditTrail
    ) {
        self.store = store
        self.destinations = destinations
        self.retry = retry
        self.clock = clock
        self.trail = trail
    }

    /// Leases one due reply and sends it; `false` when none is due.
    public func deliverOne() async throws(AdapterError) -> Bool {
        let now = clock.now()
        guard let (pending, lease) = try await store.leaseReply(now: now, for: Deliverer.leaseDuration) else {
            return false
        }
        do {
            try await run(pending, lease: lease)
        } catch {
            // The lease was lost: whoever has it now decides.
            guard error.category == .conflict else { throw error }
        }
        return true
    }

    private func run(_ pending: PendingReply, lease: Lease) async throws(AdapterError) {
        do {
            try await clock.limiting(Deliverer.runLimit) { () async throws(AdapterError) in try await send(pending) }
        } catch {
            return try await fail(pending, lease, error)
        }
        try await end(pending, lease, .delivered, code: "reply.delivered")
    }

    private func send(_ pending: PendingReply) async throws(AdapterError) {
        guard let destination = destinations.first(where: { $0.name == pending.reply.destination }) else {
            throw AdapterError(.incorrect, code: "destination.notConfigured")
        }
        let controlID: [UInt8]
        do {
            controlID = Array(try MessageHeader(parsing: pending.reply.message).messageControlID)
        } catch {
            throw AdapterError(.fault, code: "outbox.payloadInvalid")
        }
        try await destination.send(pending.reply.message, controlID: controlID)
    }

    private func fail(_ pending: PendingReply, _ lease: Lease, _ error: AdapterError) async throws(AdapterError) {
        let now = clock.now()
        let decision = retry.decide(
            error, failures: pending.attempts + 1, since: pending.firstAttempt ?? now, now: now,
            jitter: .random(in: 0..<1))
        switch decision {
        case .retry(let moment): try await end(pending, lease, .pending, code: error.code, nextAttempt: moment)
        case .park: try await end(pending, lease, .failed, code: error.code)
        }
    }

    private func end(
        _ pending: PendingReply, _ lease: Lease, _ state: OutboxEntry.State, code: String,
        nextAttempt: Timestamp? = nil
    ) async throws(AdapterError) {
        try await store.finishReply(
            pending, lease: lease, state: state, nextAttempt: nextAttempt ?? clock.now(),
            records: [trail.reply(pending, state: state, code: code, details: details(of: pending.reply))])
    }

    /// Which message went out, and how many bytes.
    private func details(of reply: DeferredReply) -> AuditDetails {
        var details: AuditDetails = [.bytes: .count(reply.message.count)]
        if let header = try? MessageHeader(parsing: reply.message) {
            details.set(.messageControlID, .identifier(header.messageControlID))
        }
        return details
    }
}
