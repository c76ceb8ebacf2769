extension StoredOrder {
    /// What the EHR has of the order's report, also for orders stored before it was noted.
    public var standing: ReportStanding {
        guard content.standing == .none else { return content.standing }
        return state == .delivered || content.parking?.from == .delivered ? .preliminary : .none
    }

    /// Changes the order as the table says; `nil`, and no change, where the event is only recorded.
    ///
    /// - Parameter parking: Why a person must look at it, should the event park the order.
    @discardableResult
    public mutating func apply(
        _ event: OrderEvent, now: Timestamp, retraction: RetractionPolicy = .keep,
        parking: (reason: ParkReason, code: String?)? = nil
    ) -> OrderTransition? {
        let (before, outside) = (state, standing)
        guard let transition = before.transition(on: event, standing: outside, retraction: retraction) else {
            return nil
        }
        state = transition.state
        content.standing = outside
        if event == .released, content.heldFrom == .waiting { state = .waiting }
        if state != .held { content.heldFrom = nil } else if before != .held { content.heldFrom = before }
        if state != .parked {
            content.parking = nil
        } else if let parking {
            content.parking = Parking(reason: parking.reason, code: parking.code, from: before)
        }
        if state != .notApplicable { content.notApplicableReason = nil }
        // Only a report that reaches its readers brings an export; a message in between takes it back.
        if state != .composed && state != .delivered || event == .cancelled { content.exports = [] }
        // Nothing ever went out of an order whose report was never composed.
        if transition.retracts, content.frozenKey != nil {
            content.standing = .withdrawn
            content.generation += 1
            content.reportedStudy = nil
            content.reportedModel = nil
        }
        if transition.wakes {
            nextAttempt = now
            content.progress.polls = 0
            if !before.isBeforeCompose { content.progress = OrderProgress() }
        }
        updated = now
        return transition
    }

    /// The report reached its destination; also when the order was changed, parked or cancelled while it was on its
    /// way. A report that is being withdrawn meanwhile does not count.
    public mutating func reportWentOut(isFinal: Bool = false, now: Timestamp) {
        let isBeingWithdrawn = standing == .withdrawn && state != .composed
        apply(.delivered, now: now)
        guard !isBeingWithdrawn else { return }
        content.standing = isFinal ? .final : .preliminary
        updated = now
    }

    /// The order after an operator's command; `nil` where the command does not apply to its state.
    public func operated(on event: OrderEvent, now: Timestamp) -> StoredOrder? {
        var order = self
        guard order.apply(event, now: now) != nil else { return nil }
        order.content.progress = OrderProgress()
        order.nextAttempt = now
        return order
    }
}
