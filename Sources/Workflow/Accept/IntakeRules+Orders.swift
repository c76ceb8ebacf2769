import Audit
import DICOM
import Mapping
import Sealing

/// What one order of a message makes of what is known.
extension IntakeRules {
    func fold(_ part: OrderPart, into view: inout IntakeView) throws(IntakeRefusal) {
        let (order, former) = view.current(part.order)
        let message = OrderMessage(order: order, former: former, part: part)
        let rows = view.rows(with: order.identity.keys).filter { $0.kind != .notice }
        // Orders that no model took have nothing at stake: they stand back, so that none of ours is lost.
        let atStake = rows.filter { $0.state != .notApplicable }
        guard atStake.count < 2 else { return park(atStake, message, in: &view) }
        if let existing = atStake.first ?? rows.first {
            try fold(message, into: existing, in: &view)
        } else {
            try create(message, in: &view)
        }
    }

    // MARK: - A new order

    private func create(_ message: OrderMessage, in view: inout IntakeView) throws(IntakeRefusal) {
        try check(message.part, isKnown: false)
        var order = message.order
        // A hold or a status says when it was said, not how old the order is.
        if message.isControl || message.action == .status { order.transactionTime = nil }
        let isCancellation = message.action == .cancel
        let notice = isCancellation ? nil : view.notice(for: order)
        let reason = message.part.notApplicableReason
        // What is held before it comes is not routed before it is released.
        let state: OrderState =
            if isCancellation {
                .cancelled
            } else if message.action == .hold {
                .held
            } else {
                reason == nil ? .accepted : .notApplicable
            }
        let stored = StoredOrder(
            id: notice?.id ?? OrderID(randomUUID()), kind: isCancellation ? .tombstone : .order, state: state,
            nextAttempt: now, created: notice?.created ?? now, updated: now,
            content: OrderContent(
                order: isCancellation ? nil : order,
                correlation: notice?.content.correlation ?? CorrelationID(value: randomUUID()),
                notApplicableReason: state == .notApplicable ? reason : nil,
                imagingStudyID: notice?.content.imagingStudyID, formerPatient: message.former,
                heldFrom: state == .held ? .accepted : nil, controlTime: message.isControl ? message.time : nil))
        write(stored, message, after: nil, in: &view)
    }

    // MARK: - A message about a known order

    private func fold(
        _ message: OrderMessage, into existing: StoredOrder, in view: inout IntakeView
    ) throws(IntakeRefusal) {
        try check(message.part, isKnown: true)
        var stored = existing
        let transition: OrderTransition?
        switch message.relation(to: existing) {
        case .stale: transition = supplement(&stored, with: message)
        case .sibling: transition = nil
        case .otherPatient:
            transition = stored.apply(.conflicted, now: now, parking: (.identityConflict, message.code))
            stored.updated = now
            // None of the numbers of somebody else's order becomes this one's: corrected, they are another order.
            view.write(stored, after: transition)
            let scope = AuditScope(order: stored, naming: message.order)
            return view.record(trail.received(scope, self.message, state: stored.state, after: transition))
        case .reopening:
            transition = reopen(&stored, with: message)
        case .version:
            transition = change(&stored, with: message)
        }
        stored.updated = now
        write(stored, message, after: transition, in: &view)
    }

    private func change(_ stored: inout StoredOrder, with message: OrderMessage) -> OrderTransition? {
        switch message.action {
        case .new, .change, .replace: return update(&stored, with: message)
        case .cancel: return control(&stored, .cancelled, message)
        case .hold: return control(&stored, .held, message)
        case .release:
            let transition = control(&stored, .released, message)
            if stored.state.isBeforeCompose, let order = stored.content.order,
                let reason = routing.notApplicableReason(order)
            {
                stored.apply(.unclaimed, now: now)
                stored.content.notApplicableReason = reason
            }
            return transition
        case .status, .conversation:
            complete(&stored, with: message)
            return stored.apply(message.order.orderStatusIsCompleted ? .examCompleted : .newAgain, now: now)
        }
    }

    private func control(
        _ stored: inout StoredOrder, _ event: OrderEvent, _ message: OrderMessage
    ) -> OrderTransition? {
        if let time = message.time { stored.content.controlTime = max(stored.content.controlTime ?? time, time) }
        return stored.apply(event, now: now, retraction: retraction)
    }

    /// The content of the order is what the newest message says, and what earlier ones said where it is silent.
    private func update(_ stored: inout StoredOrder, with message: OrderMessage) -> OrderTransition? {
        // What was cancelled stays as it was.
        guard stored.state != .cancelled else { return nil }
        guard let known = stored.content.order else {
            stored.content.order = message.order
            return stored.apply(.updated, now: now)
        }
        let isSamePatient = known.isSamePatient(as: message.order)
        let order = known.updated(by: message.order)
        if !order.isSame(as: known) { stored.content.order = order }
        if isSamePatient {
            for identifier in message.former { stored.content.formerPatient.add(identifier) }
        } else {
            stored.content.formerPatient = message.former
        }
        if let reason = routing.notApplicableReason(order) {
            if stored.state == .notApplicable { stored.content.notApplicableReason = reason }
            let transition = stored.apply(.unclaimed, now: now, parking: (.orderChanged, message.code))
            if stored.state == .notApplicable { stored.content.notApplicableReason = reason }
            return transition
        }
        let isOtherStudy =
            if let one = known.studyInstanceUID {
                order.studyInstanceUID != one
            } else {
                order.studyInstanceUID.map { $0.value != stored.content.reportedStudy ?? $0.value } ?? false
            }
        let isNews = !order.says(sameAs: known, isPlanned: stored.state.isBeforeCompose)
        let event: OrderEvent =
            if !isSamePatient || isOtherStudy {
                .identityChanged
            } else {
                // A change is made again even where it says what was known: it may be about the images.
                isNews || message.action != .new || stored.state == .notApplicable ? .updated : .newAgain
            }
        if event == .identityChanged { stored.content.progress.forgetStudy() }
        return stored.apply(event, now: now, parking: (.reportFinal, message.code))
    }

    /// An older version says only what the newer ones do not; what was made of those stands.
    private func supplement(_ stored: inout StoredOrder, with message: OrderMessage) -> OrderTransition? {
        guard !message.isControl, stored.state != .cancelled, let known = stored.content.order,
            known.isSamePatient(as: message.order)
        else { return nil }
        let order = message.order.updated(by: known)
        guard !order.says(sameAs: known, isPlanned: true) else { return nil }
        stored.content.order = order
        if stored.state.isBeforeCompose { stored.nextAttempt = now }
        guard stored.state == .notApplicable, routing.notApplicableReason(order) == nil else { return nil }
        return stored.apply(.updated, now: now)
    }

    private func reopen(_ stored: inout StoredOrder, with message: OrderMessage) -> OrderTransition? {
        let known = message.action == .replace ? stored.content.order : nil
        let order = known?.updated(by: message.order) ?? message.order
        stored.kind = .order
        stored.content.order = order
        stored.content.formerPatient = message.former
        stored.content.imagingStudyID = nil
        let transition = stored.apply(.reopened, now: now)
        if let reason = routing.notApplicableReason(order) {
            stored.apply(.unclaimed, now: now)
            stored.content.notApplicableReason = reason
        }
        return transition
    }

    /// Numbers and study that an order did not have yet are its own from now on: without them it may never be found.
    private func complete(_ stored: inout StoredOrder, with message: OrderMessage) {
        guard stored.state != .cancelled, let known = stored.content.order else { return }
        let completed = known.completed(with: message.order)
        guard completed != known else { return }
        stored.content.order = completed
        if stored.state.isBeforeCompose { stored.nextAttempt = now }
    }

    // MARK: - Two orders

    /// The keys of one message point to two orders: both wait for a person, the message changes nothing else.
    private func park(_ orders: [StoredOrder], _ message: OrderMessage, in view: inout IntakeView) {
        for order in orders {
            var stored = order
            if order.kind == .order,
                let transition = stored.apply(.conflicted, now: now, parking: (.identityConflict, nil))
            {
                view.write(stored, after: transition)
            }
            view.record(trail.received(AuditScope(order: stored), self.message, state: stored.state))
        }
    }

    private func write(
        _ stored: StoredOrder, _ message: OrderMessage, after transition: OrderTransition?, in view: inout IntakeView
    ) {
        view.write(stored, naming: message.order, after: transition)
        let scope = AuditScope(order: stored, naming: message.order)
        view.record(trail.received(scope, self.message, state: stored.state, after: transition))
    }
}
