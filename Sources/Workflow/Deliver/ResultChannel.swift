import Audit
import Reporting
import Sealing

/// Results as ORU^R01 to a receiver that cannot be asked what it has.
struct ResultChannel: DeliveryChannel {
    let destination: any ResultDestination
    let trail: AuditTrail

    var name: String { destination.name }
    var canBeAsked: Bool { false }

    func deliver(_ payload: [UInt8], scope: AuditScope) async throws(AdapterError) -> DeliveryOutcome {
        let message = try read(payload)
        try await send(message, event: .resultSend, scope: scope)
        return .delivered(code: "result.accepted", digest: message.contentDigest)
    }

    func withdraw(
        _ payload: [UInt8], at time: Timestamp, scope: AuditScope
    ) async throws(AdapterError) -> DeliveryOutcome {
        try await send(try withdrawal(of: payload, at: time), event: .reportWithdraw, scope: scope)
        return .withdrawn(code: "report.enteredInError")
    }

    /// Whether the receiver has the message, nobody can say: it is told that the message does not count. That it
    /// knows no such result, or does not want the message, is an answer as good as any.
    func settle(
        _ payload: [UInt8], at time: Timestamp, scope: AuditScope
    ) async throws(AdapterError) -> DeliveryOutcome {
        let message = try withdrawal(of: payload, at: time)
        do {
            try await send(message, event: .reportWithdraw, scope: scope)
        } catch {
            guard error.category == .incorrect || error.category == .forbidden else { throw error }
        }
        return .ended(code: "report.withdrawn")
    }

    private func send(
        _ message: ResultMessage, event: AuditEventType, scope: AuditScope
    ) async throws(AdapterError) {
        let details: AuditDetails = [
            .messageSHA256: .digest(Digest.sha256(message.bytes).hex), .bytes: .count(message.bytes.count),
            .messageControlID: .identifier(message.controlID), .transaction: .code("ORU-R01"),
        ]
        try await trail.around(event, scope.disclosed(for: destination.disclosure), intent: details) {
            () async throws(AdapterError) in
            try await destination.send(message.bytes, controlID: message.controlID)
        }
    }

    private func read(_ payload: [UInt8]) throws(AdapterError) -> ResultMessage {
        do {
            return try ResultMessage(payload)
        } catch {
            throw AdapterError(.fault, code: "outbox.payloadInvalid")
        }
    }

    private func withdrawal(of payload: [UInt8], at time: Timestamp) throws(AdapterError) -> ResultMessage {
        do {
            return try ResultMessage(payload).withdrawn(at: time.microseconds)
        } catch {
            throw AdapterError(.fault, code: "outbox.payloadInvalid")
        }
    }
}
