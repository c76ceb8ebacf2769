/// The life of an order as one table (design §4): rows are events, columns are states and what is outside already.
extension OrderState {
    /// The state after `event`; `nil` where the event changes nothing and is only recorded.
    ///
    /// - Parameters:
    ///   - standing: What the EHR has of the order's report; a delivered order has at least a preliminary one.
    ///   - retraction: What becomes of a report that is out when its order is cancelled.
    public func transition(
        on event: OrderEvent, standing: ReportStanding = .none, retraction: RetractionPolicy = .keep
    ) -> OrderTransition? {
        let standing = self == .delivered && standing != .final ? .preliminary : standing
        return switch event {
        case .newAgain: nil
        case .updated: onUpdate(standing)
        case .identityChanged: onIdentityChange(standing)
        case .merged: onMerge(standing)
        case .cancelled: onCancel(standing, retraction)
        case .held: onHold
        case .released: onRelease
        case .reopened: self == .cancelled ? OrderTransition(.accepted, wakes: true) : nil
        case .unclaimed: onUnclaimed(standing)
        case .conflicted: onConflict
        case .studyAnnounced: onStudy(standing)
        case .examCompleted: onCompletion
        case .retryRequested: onRetry
        case .resolved: onResolution(standing)
        case .imagesMissing: isBeforeCompose ? OrderTransition(.waiting) : nil
        case .composed: isBeforeCompose ? OrderTransition(.composed) : nil
        case .delivered: onDelivery(standing)
        case .parked: onParking
        }
    }

    // MARK: - Messages

    /// "fields updated | recomposed | new version if the content changes | recorded only"
    private func onUpdate(_ standing: ReportStanding) -> OrderTransition? {
        switch self {
        case .accepted, .waiting: OrderTransition(self, wakes: true)
        case .held: OrderTransition(.held)
        case .composed, .delivered: standing == .final ? nil : again
        case .notApplicable: OrderTransition(.accepted, wakes: true)
        case .parked: standing == .final ? nil : OrderTransition(.accepted, wakes: true, withdraws: true)
        case .cancelled: nil
        }
    }

    /// "matched again | matched again, recomposed | entered-in-error and anew | entered-in-error for ours only, alarm"
    private func onIdentityChange(_ standing: ReportStanding) -> OrderTransition? {
        let isFinal = standing == .final
        return switch self {
        case .accepted, .waiting, .parked:
            isFinal ? alarm : OrderTransition(.accepted, wakes: true, withdraws: true, retracts: true)
        case .held: isFinal ? alarm : OrderTransition(.held, withdraws: true, retracts: true)
        case .composed, .delivered:
            isFinal
                ? alarm : OrderTransition(.accepted, wakes: true, withdraws: true, retracts: true, recomposes: true)
        case .notApplicable: OrderTransition(.accepted, wakes: true)
        case .cancelled: nil
        }
    }

    /// "matched again | matched again, recomposed | moved if the EHR merged"; a person's final moves with the EHR's
    /// own merge, and ours beside it.
    private func onMerge(_ standing: ReportStanding) -> OrderTransition? {
        switch self {
        case .accepted, .waiting, .held, .composed, .delivered, .parked: onUpdate(standing)
        case .notApplicable: OrderTransition(.notApplicable)
        case .cancelled: OrderTransition(.cancelled)
        }
    }

    /// "cancelled | cancelled, outbox withdrawn | by policy: keep or entered-in-error | recorded only"
    private func onCancel(_ standing: ReportStanding, _ retraction: RetractionPolicy) -> OrderTransition? {
        let isRetracted = retraction == .enteredInError && standing != .final
        return switch self {
        case .accepted, .waiting, .held, .composed, .parked, .notApplicable:
            standing.isOut && !isRetracted
                ? OrderTransition(.delivered, withdraws: true)
                : OrderTransition(.cancelled, withdraws: true, retracts: isRetracted)
        case .delivered: isRetracted ? OrderTransition(.cancelled, withdraws: true, retracts: true) : nil
        case .cancelled: nil
        }
    }

    /// A parked order that is held runs again only once it is released, whatever else wakes it.
    private var onHold: OrderTransition? {
        switch self {
        case .accepted, .waiting: OrderTransition(.held)
        case .composed, .parked: OrderTransition(.held, withdraws: true)
        case .held, .delivered, .notApplicable, .cancelled: nil
        }
    }

    private var onRelease: OrderTransition? {
        switch self {
        case .held: OrderTransition(.accepted, wakes: true)
        case .parked: OrderTransition(.accepted, wakes: true, withdraws: true)
        case .accepted, .waiting, .composed, .delivered, .notApplicable, .cancelled: nil
        }
    }

    /// What no model takes has no report; where one is out already, a person looks at it.
    private func onUnclaimed(_ standing: ReportStanding) -> OrderTransition? {
        switch self {
        case .accepted, .waiting, .held, .composed, .parked:
            OrderTransition(standing.isOut ? .parked : .notApplicable, withdraws: true)
        case .delivered: standing == .final ? nil : OrderTransition(.parked, withdraws: true)
        case .notApplicable, .cancelled: nil
        }
    }

    private var onConflict: OrderTransition? {
        switch self {
        case .accepted, .waiting, .held, .composed, .delivered: OrderTransition(.parked, withdraws: true)
        case .parked, .notApplicable, .cancelled: nil
        }
    }

    /// "run again | run again | new version | recorded"
    private func onStudy(_ standing: ReportStanding) -> OrderTransition? {
        switch self {
        case .accepted, .waiting: OrderTransition(self, wakes: true)
        case .composed, .delivered: standing == .final ? nil : again
        case .parked: standing == .final ? nil : OrderTransition(.accepted, wakes: true, withdraws: true)
        case .held, .notApplicable, .cancelled: nil
        }
    }

    /// Says that images are there, not that there are more of them: what was made of them stands.
    private var onCompletion: OrderTransition? {
        switch self {
        case .accepted, .waiting: OrderTransition(self, wakes: true)
        case .parked: OrderTransition(.accepted, wakes: true, withdraws: true)
        case .held, .composed, .delivered, .notApplicable, .cancelled: nil
        }
    }

    private var again: OrderTransition { OrderTransition(.accepted, wakes: true, withdraws: true, recomposes: true) }

    /// Ours is withdrawn; what becomes of a person's final, a person decides.
    private var alarm: OrderTransition { OrderTransition(.parked, withdraws: true, retracts: true) }

    // MARK: - Operators, worker, deliverer

    private var onRetry: OrderTransition? {
        switch self {
        case .accepted, .waiting: OrderTransition(.accepted, wakes: true)
        case .parked: OrderTransition(.accepted, wakes: true, withdraws: true)
        case .held, .composed, .delivered, .notApplicable, .cancelled: nil
        }
    }

    /// A report that went out before the order was parked is still there.
    private func onResolution(_ standing: ReportStanding) -> OrderTransition? {
        guard self == .parked else { return nil }
        return OrderTransition(standing.isOut ? .delivered : .cancelled, withdraws: true)
    }

    /// A delivery that was already on its way when the order was cancelled did happen: the order counts as delivered,
    /// unless its report is being withdrawn. Everywhere else only the standing changes.
    private func onDelivery(_ standing: ReportStanding) -> OrderTransition? {
        switch self {
        case .composed: OrderTransition(.delivered)
        case .cancelled: standing == .withdrawn ? nil : OrderTransition(.delivered)
        case .accepted, .waiting, .held, .delivered, .notApplicable, .parked: nil
        }
    }

    private var onParking: OrderTransition? {
        switch self {
        case .accepted, .waiting, .composed: OrderTransition(.parked, withdraws: true)
        case .held, .delivered, .notApplicable, .parked, .cancelled: nil
        }
    }
}
