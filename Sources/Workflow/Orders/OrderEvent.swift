/// What happens to an order.
public enum OrderEvent: String, Sendable, Hashable, CaseIterable {
    /// A new order (NW) with keys that are known that says nothing new.
    case newAgain
    /// XO, RP, or NW with another content: the same patient and study.
    case updated
    /// A message names another patient or another study than the order has.
    case identityChanged
    /// The order's patient was merged into another.
    case merged
    /// CA, DC or OC.
    case cancelled
    /// HD.
    case held
    /// RL.
    case released
    /// RP, or a later NW with another placer number, for an order that was cancelled.
    case reopened
    /// No rule takes the order any more as it is now.
    case unclaimed
    /// A message whose numbers belong to two orders, or to the order of somebody else.
    case conflicted
    /// The EHR announced the study, or more images of it.
    case studyAnnounced
    /// The filler says that the exam is done (SC with ORC-5 `CM`): images are there or about to be.
    case examCompleted
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
    /// Withdraw the report that went out, or that is on its way right now: it becomes entered in error.
    public let retracts: Bool
    /// What was composed is composed anew.
    public let recomposes: Bool

    init(
        _ state: OrderState, wakes: Bool = false, withdraws: Bool = false, retracts: Bool = false,
        recomposes: Bool = false
    ) {
        self.state = state
        self.wakes = wakes
        self.withdraws = withdraws
        self.retracts = retracts
        self.recomposes = recomposes
    }
}
