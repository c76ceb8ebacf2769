extension StoredOrder {
    /// The order after an operator's command; `nil` where the command does not apply to its state.
    public func operated(on event: OrderEvent, now: Timestamp) -> StoredOrder? {
        guard let transition = state.transition(on: event) else { return nil }
        var order = self
        order.state = transition.state
        // A report that went out before the order was parked is still there.
        if event == .resolved, content.parking?.from == .delivered { order.state = .delivered }
        order.content.parking = nil
        order.content.progress = OrderProgress()
        order.nextAttempt = now
        order.updated = now
        return order
    }

    /// Makes the order due now because its images were announced: its polls start over, and a parked one with them.
    mutating func wake(from before: OrderState, now: Timestamp) {
        nextAttempt = now
        content.progress.polls = 0
        guard before == .parked else { return }
        content.parking = nil
        content.progress = OrderProgress()
    }
}
