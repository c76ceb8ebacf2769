/// Where an order stands. A lease is not a state.
public enum OrderState: String, Sendable, Hashable, CaseIterable {
    /// Stored and acknowledged; the worker has not looked at it yet, or starts again.
    case accepted
    /// No complete images yet.
    case waiting
    /// Put on hold by the placer.
    case held
    /// The report is composed and not (or not yet) delivered.
    case composed
    /// The EHR has the report.
    case delivered
    /// No model takes this order.
    case notApplicable
    /// A person must look at it.
    case parked
    /// Cancelled by the placer, or a cancellation that came before its order.
    case cancelled
}

/// What happens to an order.
public enum OrderEvent: Sendable, Hashable, CaseIterable {
    /// A new order (NW) with keys that are known, naming the same patient and exam.
    case newAgain
    /// A message that changes patient, study, hold or identity (XO, RP, HD, RL, merge, or NW with another patient).
    case changed
    /// CA, DC or OC.
    case cancelled
    /// The EHR announced the study, or the archive shows it.
    case studyAnnounced
    /// An operator asks for another run.
    case retryRequested
    /// An operator closes the case by hand.
    case resolved
    /// The worker found no complete images.
    case imagesMissing
    /// The worker stored the composed report.
    case composed
    /// The destination has the report.
    case delivered
    /// The worker or the deliverer needs a person.
    case parked
}

/// What an event makes of an order: the new state and what has to be done with what is under way.
public struct OrderTransition: Sendable, Hashable {
    public let state: OrderState
    /// Look at the order at once instead of at its next poll.
    public let wakes: Bool
    /// Withdraw composed reports that have not gone out.
    public let withdraws: Bool

    init(_ state: OrderState, wakes: Bool = false, withdraws: Bool = false) {
        self.state = state
        self.wakes = wakes
        self.withdraws = withdraws
    }
}

extension OrderState {
    /// The state after `event`; `nil` where the event changes nothing and is only recorded.
    ///
    /// Hold, release, change and merge park the order in this version; a parked order runs again when its images are
    /// announced or an operator asks for it.
    public func transition(on event: OrderEvent) -> OrderTransition? {
        switch event {
        case .newAgain: nil
        case .changed: onChange
        case .cancelled: onCancel
        case .studyAnnounced: onStudy
        case .retryRequested: onRetry
        case .resolved: self == .parked ? OrderTransition(.cancelled, withdraws: true) : nil
        case .imagesMissing: isBeforeCompose ? OrderTransition(.waiting) : nil
        case .composed: isBeforeCompose ? OrderTransition(.composed) : nil
        case .delivered: onDelivery
        case .parked: onParking
        }
    }

    /// Whether the worker may take the order.
    public var isBeforeCompose: Bool { self == .accepted || self == .waiting }

    private var onChange: OrderTransition? {
        switch self {
        case .accepted, .waiting, .held, .composed, .delivered: OrderTransition(.parked, withdraws: true)
        case .parked, .notApplicable, .cancelled: nil
        }
    }

    private var onCancel: OrderTransition? {
        switch self {
        case .accepted, .waiting, .held, .parked, .notApplicable: OrderTransition(.cancelled, withdraws: true)
        case .composed: OrderTransition(.cancelled, withdraws: true)
        case .delivered, .cancelled: nil
        }
    }

    private var onStudy: OrderTransition? {
        switch self {
        case .accepted, .waiting: OrderTransition(self, wakes: true)
        case .parked: OrderTransition(.accepted, wakes: true)
        case .held, .composed, .delivered, .notApplicable, .cancelled: nil
        }
    }

    private var onRetry: OrderTransition? {
        switch self {
        case .accepted, .waiting: OrderTransition(.accepted, wakes: true)
        case .parked: OrderTransition(.accepted, wakes: true, withdraws: true)
        case .held, .composed, .delivered, .notApplicable, .cancelled: nil
        }
    }

    /// A delivery that was already on its way when the order was cancelled or parked did happen: the cancelled one
    /// counts as delivered, the parked one stays with the person who has to look at it.
    private var onDelivery: OrderTransition? {
        switch self {
        case .composed, .cancelled: OrderTransition(.delivered)
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
