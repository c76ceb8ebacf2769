import DICOM
import HL7v2
import Mapping

/// What a message is, judged by the message alone.
enum MessageEvaluation: Sendable {
    /// Wrong: the sender is told where.
    case refused(AcknowledgmentOutcome, code: String)
    /// Not for us at all (ORU, a query, …): acknowledged and counted.
    case notOurs(reason: String)
    /// One order or several.
    case orders([OrderPart])
    /// News of patients (ADT).
    case patient(PatientChange)

    /// The keys to look up.
    var keys: [OrderKey] {
        switch self {
        case .refused, .notOurs, .patient: []
        case .orders(let parts): parts.flatMap(\.order.identity.keys)
        }
    }

    /// The studies to look up.
    var studies: [String] {
        switch self {
        case .refused, .notOurs, .patient: []
        case .orders(let parts): parts.compactMap(\.order.studyInstanceUID?.value)
        }
    }

    /// The patients whose merges are looked up.
    var patients: [AssignedIdentifier] {
        switch self {
        case .refused, .notOurs: []
        case .orders(let parts):
            parts.reduce(into: []) { found, part in
                for identifier in part.order.patient where identifier.assigner != nil { found.add(identifier) }
            }
        case .patient(.update(let update)): update.identifiers.filter { $0.assigner != nil }
        case .patient(.merge(let merges)): merges.flatMap { [$0.prior, $0.surviving] }
        }
    }

    /// Whether all orders of the patients are looked up.
    var isAboutPatients: Bool {
        if case .patient = self { true } else { false }
    }
}

/// One order of a message.
struct OrderPart: Sendable {
    let order: ImagingOrder
    /// What is wrong with it, if a rule claims it.
    let problems: [OrderProblem]
    /// What it asks for.
    let action: OrderControl.Action
    /// Why no rule claims it as it stands; `nil` where one does.
    let notApplicableReason: String?

    /// - Parameter isReplaced: Whether the message goes on with the order that takes this one's place (RP, then RO).
    init(_ candidate: OrderCandidate, isReplaced: Bool, routing: Routing) {
        order = candidate.order
        notApplicableReason = routing.notApplicableReason(candidate.order)
        problems = candidate.problems
        action = isReplaced ? .cancel : Self.action(of: candidate.order)
    }

    /// A status that says cancelled or discontinued (table 0038) cancels.
    private static func action(of order: ImagingOrder) -> OrderControl.Action {
        let action = order.orderControl.action
        guard action == .status, let status = order.orderStatus, ["CA", "DC"].contains(status) else { return action }
        return .cancel
    }

    /// The orders that a message carries; questions and answers (SN, SS, UA, …) are none.
    static func parts(of candidates: [OrderCandidate], routing: Routing) -> [OrderPart] {
        candidates.indices.compactMap { index in
            let control = candidates[index].order.orderControl
            guard control.action != .conversation else { return nil }
            let isReplaced =
                [.RP, .RQ, .RU].contains(control) && candidates[(index + 1)...].first?.order.orderControl == .RO
            return OrderPart(candidates[index], isReplaced: isReplaced, routing: routing)
        }
    }
}

extension Routing {
    /// Why no rule claims the order; `nil` where one does.
    func notApplicableReason(_ order: ImagingOrder) -> String? {
        switch route(order) {
        case .model: nil
        case .notApplicable(let reason): reason
        }
    }
}
