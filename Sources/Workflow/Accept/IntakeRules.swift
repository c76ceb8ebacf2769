import HL7v2
import Mapping

/// Decides, inside the accepting transaction, what a message makes of the orders it touches. Pure.
struct IntakeRules: Sendable {
    /// What the message is, for the records of what it does.
    let message: MessageFacts
    let routing: Routing
    let retraction: RetractionPolicy
    let now: Timestamp
    let trail: AuditTrail

    /// What is stored, and what the sender is told. A message with a claimed order that is wrong changes nothing.
    func decide(
        _ evaluation: MessageEvaluation, _ findings: IntakeFindings
    ) -> (decision: IntakeDecision, outcome: AcknowledgmentOutcome) {
        switch evaluation {
        case .refused(let outcome, let code):
            return (refusal(code, label: outcome.label, evaluation, findings), outcome)
        case .notOurs(let reason):
            let record = trail.notOurs(message, code: reason)
            return (IntakeDecision(records: [record], label: "notOurs"), .accepted)
        case .orders(let parts):
            var view = IntakeView(findings)
            do {
                for part in parts { try fold(part, into: &view) }
            } catch {
                return (refusal(error.code, label: "inError", evaluation, findings), .inError(error.errors))
            }
            view.decision.label = view.isOurs ? "order" : "notApplicable"
            return (view.decision, .accepted)
        case .patient(let change):
            var view = IntakeView(findings)
            apply(change, to: &view)
            return (view.decision, .accepted)
        }
    }

    private func refusal(
        _ code: String, label: String, _ evaluation: MessageEvaluation, _ findings: IntakeFindings
    ) -> IntakeDecision {
        let record = trail.refused(message, code: code, about: findings.orders, naming: evaluation.patients)
        return IntakeDecision(records: [record], label: label)
    }

    /// A claimed order must have what the site's profile asks for; a message about a known one that only holds,
    /// releases or reports need not say it all again.
    func check(_ part: OrderPart, isKnown: Bool) throws(IntakeRefusal) {
        guard part.notApplicableReason == nil, !part.problems.isEmpty else { return }
        let isSparse =
            switch part.action {
            case .cancel: true
            case .hold, .release, .status: isKnown
            case .new, .change, .replace, .conversation: false
            }
        let problems = part.problems.filter { !(isSparse && $0.kind == .missing) }
        guard let first = problems.first else { return }
        throw IntakeRefusal(code: "mapping.\(first.kind.rawValue)", errors: problems.map(\.acknowledgmentError))
    }
}

/// A claimed order of a message is wrong: the whole message is.
struct IntakeRefusal: Error {
    let code: String
    let errors: [AcknowledgmentError]
}

extension AcknowledgmentOutcome {
    /// For counting.
    var label: String {
        switch self {
        case .accepted: "accepted"
        case .inError: "inError"
        case .rejected: "rejected"
        }
    }
}
