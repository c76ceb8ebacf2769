import HL7v2
import Mapping

/// What a message is, judged by the message alone.
enum Evaluation: Sendable {
    /// Wrong: the sender is told where.
    case refused(AcknowledgmentOutcome, code: String)
    /// Not an order at all (ADT, ORU, …): acknowledged and counted.
    case notOurs(reason: String)
    /// An order that no rule sends to a model.
    case unrouted(ImagingOrder, reason: String)
    /// An order for a model.
    case order(ImagingOrder)

    var order: ImagingOrder? {
        switch self {
        case .unrouted(let order, _), .order(let order): order
        case .refused, .notOurs: nil
        }
    }

    var acknowledgment: AcknowledgmentOutcome {
        switch self {
        case .refused(let outcome, _): outcome
        case .notOurs, .unrouted, .order: .accepted
        }
    }

    /// For counting.
    var label: String {
        switch self {
        case .refused(.rejected, _): "rejected"
        case .refused: "inError"
        case .notOurs: "notOurs"
        case .unrouted: "notApplicable"
        case .order: "order"
        }
    }
}
