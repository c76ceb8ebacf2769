import Audit
import HL7v2
import Mapping

/// What messages and notices did.
extension AuditTrail {
    /// - Parameter transition: What the message made of the order, if it made anything of it.
    func received(
        _ scope: AuditScope, _ message: MessageFacts, state: OrderState, after transition: OrderTransition? = nil
    ) -> AuditRecord {
        var details: AuditDetails = [.state: .code(state.rawValue)]
        if transition?.retracts == true { details.set(.report, .code("retracted")) }
        return record(
            state == .notApplicable ? .orderNotApplicable : .orderAccepted, scope, by: message, details: details)
    }

    /// A message that was answered with an error, or a sender that is not let in.
    func refused(
        _ message: MessageFacts, code: String, about orders: [StoredOrder] = [],
        naming patients: [AssignedIdentifier] = []
    ) -> AuditRecord {
        record(
            .listenerRefused, scope(of: orders).naming(patients: patients), by: message, outcome: .minorFailure,
            code: code)
    }

    /// A message changed what is known of patients; `state` is that of the order it touched, if it touched one.
    func patientChanged(
        _ event: AuditEventType, _ scope: AuditScope, _ message: MessageFacts, state: OrderState?
    ) -> AuditRecord {
        record(event, scope, by: message, details: [.state: state.map { .code($0.rawValue) }])
    }

    func notOurs(_ message: MessageFacts, code: String) -> AuditRecord {
        record(.orderNotApplicable, AuditScope(), by: message, code: code)
    }

    /// The very same message again: it belongs to what it made the first time.
    func replayed(_ message: MessageFacts, orders: [StoredOrder], patients: [AssignedIdentifier]) -> AuditRecord {
        record(
            .orderAcknowledged, scope(of: orders).naming(patients: patients), by: message, code: "replay",
            details: [.orders: .count(orders.count)])
    }

    func noticeReceived(_ scope: AuditScope, _ message: MessageFacts, state: OrderState) -> AuditRecord {
        record(.studyNotice, scope, by: message, details: [.state: .code(state.rawValue)])
    }

    func noticeAdopted(_ scope: AuditScope) -> AuditRecord {
        record(.studyNotice, scope, accessClass: .operations, details: [.step: .code("adopted")])
    }

    /// Under the correlation of the first order; orders of one message name each other.
    private func scope(of orders: [StoredOrder]) -> AuditScope {
        guard let first = orders.first else { return AuditScope() }
        return AuditScope(order: first).naming(
            orders.dropFirst().map { Subject(type: .order, identifier: $0.id.value) })
    }
}
