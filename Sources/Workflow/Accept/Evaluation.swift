import HL7v2
import Mapping

/// What a message is, judged by the message alone.
enum Evaluation: Sendable {
    /// Wrong: the sender is told where.
    case refused(AcknowledgmentOutcome, code: String)
    /// Not an order at all (ADT, ORU, …): acknowledged and counted.
    case notOurs(reason: String)
    /// Several orders of which no rule takes one; they are not ours unless they change one that is.
    case several([OrderCandidate])
    /// An order that no rule sends to a model.
    case unrouted(ImagingOrder, reason: String)
    /// An order for a model.
    case order(ImagingOrder)

    var order: ImagingOrder? {
        switch self {
        case .unrouted(let order, _), .order(let order): order
        case .refused, .notOurs, .several: nil
        }
    }

    var acknowledgment: AcknowledgmentOutcome {
        switch self {
        case .refused(let outcome, _): outcome
        case .notOurs, .several, .unrouted, .order: .accepted
        }
    }

    /// The keys to look up.
    var keys: [OrderKey] {
        switch self {
        case .several(let candidates): candidates.flatMap(\.order.identity.keys)
        case .refused, .notOurs, .unrouted, .order: order?.identity.keys ?? []
        }
    }

    /// What it is once the orders it touches are known: several changes in one message are refused where one of them
    /// is about an order of ours, for none may be lost.
    func judged(by findings: IntakeFindings) -> Evaluation {
        guard case .several(let candidates) = self else { return self }
        let isOurs = findings.byKey.contains { $0.kind == .order && $0.state != .notApplicable }
        guard isOurs else { return .notOurs(reason: "severalOrders") }
        let path = candidates.dropFirst().first?.problems.first?.path
        let error = AcknowledgmentError(
            .nonConformantCardinality, at: path.map { ErrorLocation($0) },
            userText: "Only one order per message is supported")
        return .refused(.inError([error]), code: "mapping.severalOrders")
    }

    /// For counting.
    var label: String {
        switch self {
        case .refused(.rejected, _): "rejected"
        case .refused: "inError"
        case .notOurs, .several: "notOurs"
        case .unrouted: "notApplicable"
        case .order: "order"
        }
    }
}
