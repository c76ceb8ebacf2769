import Audit
import DICOM
import Mapping
import Sealing

/// Decides, inside the accepting transaction, what a message makes of the orders it touches. Pure.
struct IntakeRules: Sendable {
    let source: String
    let now: Timestamp
    let trail: AuditTrail

    func decide(_ evaluation: Evaluation, _ findings: IntakeFindings) -> IntakeDecision {
        switch evaluation {
        case .refused(_, let code):
            return IntakeDecision(records: [trail.refused(source: source, code: code)])
        case .notOurs(let reason):
            return IntakeDecision(records: [trail.notOurs(source: source, code: reason)])
        case .several:
            return IntakeDecision(records: [trail.notOurs(source: source, code: "severalOrders")])
        case .unrouted(let order, let reason):
            return decide(order, notApplicable: reason, findings)
        case .order(let order):
            return decide(order, notApplicable: nil, findings)
        }
    }

    private func decide(
        _ order: ImagingOrder, notApplicable reason: String?, _ findings: IntakeFindings
    ) -> IntakeDecision {
        let known = findings.byKey.filter { $0.kind != .notice }
        // Orders that no model took have nothing at stake: the oldest is routed anew, so that this one is not lost.
        let isConflict = known.count > 1 && !known.allSatisfy { $0.state == .notApplicable }
        guard !isConflict else { return conflict(known) }
        if let existing = known.first { return fold(order, into: existing, notApplicable: reason) }
        let notice = (findings.byKey + findings.byStudy).first { $0.kind == .notice && $0.state == .waiting }
        return create(order, adopting: notice, notApplicable: reason)
    }

    // MARK: - A new order

    private func create(
        _ order: ImagingOrder, adopting notice: StoredOrder?, notApplicable reason: String?
    ) -> IntakeDecision {
        let isCancellation = order.orderControl.isCancellation
        let state: OrderState = isCancellation ? .cancelled : reason != nil ? .notApplicable : .accepted
        var content = OrderContent(
            order: isCancellation ? nil : order,
            correlation: notice?.content.correlation ?? CorrelationID(value: randomUUID()),
            notApplicableReason: state == .notApplicable ? reason : nil, imagingStudyID: notice?.content.imagingStudyID)
        if state == .accepted, order.orderControl.isChange {
            content.parking = Parking(
                reason: .orderChanged, code: "order.\(order.orderControl.rawValue)", from: .accepted)
        }
        let stored = StoredOrder(
            id: notice?.id ?? OrderID(randomUUID()), kind: isCancellation ? .tombstone : .order,
            state: content.parking == nil ? state : .parked, nextAttempt: now, created: notice?.created ?? now,
            updated: now, content: content)
        let scope = AuditScope(order: stored, naming: order)
        return write(stored, order, record: trail.received(scope, source: source, state: stored.state))
    }

    // MARK: - A message about a known order

    private func fold(
        _ order: ImagingOrder, into existing: StoredOrder, notApplicable reason: String?
    ) -> IntakeDecision {
        var stored = existing
        let event = event(of: order, for: existing, isUnrouted: reason != nil)
        // An order that no model took is routed anew by each message.
        if existing.state == .notApplicable, event != .cancelled {
            stored.state = reason == nil ? .accepted : .notApplicable
            stored.content.order = order.completed(with: existing.content.order)
            stored.content.notApplicableReason = reason
            stored.nextAttempt = now
        } else if let transition = existing.state.transition(on: event) {
            stored.state = transition.state
            if transition.wakes { stored.wake(from: existing.state, now: now) }
            if event == .changed {
                stored.content.parking = Parking(
                    reason: isOtherPatient(order, existing) ? .identityConflict : .orderChanged,
                    code: "order.\(order.orderControl.rawValue)", from: existing.state)
            }
            if transition.state != .parked { stored.content.parking = nil }
        }
        if reason == nil, updatesContent(event, order, existing), !isOtherPatient(order, existing) {
            stored.content.order = order.completed(with: existing.content.order)
        } else if event == .newAgain || event == .studyAnnounced {
            complete(&stored, with: order)
        }
        stored.updated = now
        let scope = AuditScope(order: stored, naming: order)
        var decision = write(
            stored, order, record: trail.received(scope, source: source, state: stored.state))
        if existing.state.transition(on: event)?.withdraws == true { decision.withdrawn = [existing.id] }
        return decision
    }

    /// A new order for somebody else under a number that is taken: which of the two is wrong, a person must say, and
    /// the first one keeps what it was.
    private func isOtherPatient(_ order: ImagingOrder, _ existing: StoredOrder) -> Bool {
        guard order.orderControl.action == .new, !order.patient.isEmpty, let known = existing.content.order,
            known.patient != order.patient
        else { return false }
        return !known.patient.contains { one in order.patient.contains { one.isSame(as: $0) } }
    }

    /// NW that names another patient or study than the order has, or an exam that no rule takes any more, is a change;
    /// SC with ORC-5 = CM says that the exam is done and its images are there.
    private func event(of order: ImagingOrder, for existing: StoredOrder, isUnrouted: Bool) -> OrderEvent {
        switch order.orderControl.action {
        case .cancel: return .cancelled
        case .change, .replace, .hold, .release: return .changed
        case .status where order.orderStatus == "CM": return .studyAnnounced
        case .new where isUnrouted && existing.state.isBeforeCompose: return .changed
        // A status often names no patient: its key says which order it is about.
        case .status where order.patient.isEmpty: return .newAgain
        case .new, .status, .conversation:
            guard let known = existing.content.order else { return .newAgain }
            return known.isSameExam(as: order) ? .newAgain : .changed
        }
    }

    /// The order as it was mapped last is what a later run works with; a cancelled or reported one keeps what it was.
    /// A status message says too little to replace an order, and so may one that no rule takes.
    private func updatesContent(_ event: OrderEvent, _ order: ImagingOrder, _ existing: StoredOrder) -> Bool {
        switch (event, order.orderControl.action) {
        case (.changed, .change), (.changed, .replace), (.changed, .new): existing.state != .cancelled
        case (.newAgain, .new): existing.state.isBeforeCompose
        default: false
        }
    }

    /// Numbers and study that an order did not have yet are its own from now on: without them it may never be found.
    private func complete(_ stored: inout StoredOrder, with order: ImagingOrder) {
        guard stored.state.isBeforeCompose || stored.state == .parked, let known = stored.content.order else { return }
        let completed = known.completed(with: order)
        guard completed != known else { return }
        stored.content.order = completed
        stored.nextAttempt = now
    }

    /// The keys of one message point to two orders: both wait for a person, the message changes nothing else.
    private func conflict(_ orders: [StoredOrder]) -> IntakeDecision {
        let parked = orders.compactMap { existing -> StoredOrder? in
            guard existing.kind == .order, existing.state.transition(on: .changed) != nil else { return nil }
            var stored = existing
            stored.state = .parked
            stored.content.parking = Parking(reason: .identityConflict, from: existing.state)
            stored.updated = now
            return stored
        }
        let records = orders.map { order in
            let isParked = parked.contains { $0.id == order.id }
            return trail.received(
                AuditScope(order: order), source: source, state: isParked ? .parked : order.state)
        }
        return IntakeDecision(orders: parked, withdrawn: parked.map(\.id), records: records)
    }

    private func write(_ stored: StoredOrder, _ order: ImagingOrder, record: AuditRecord) -> IntakeDecision {
        var decision = IntakeDecision(orders: [stored], records: [record])
        decision.additionalKeys[stored.id] = order.identity.keys
        if let study = order.studyInstanceUID { decision.studies[stored.id] = study.value }
        return decision
    }
}

extension ImagingOrder {
    /// This order, with the numbers and the study of `other` where it has none of its own and does not delete them.
    fileprivate func completed(with other: ImagingOrder?) -> ImagingOrder {
        guard let other, patient.isEmpty || other.patient.isEmpty || isSameExam(as: other) else { return self }
        var order = self
        order.identity = OrderIdentity(keys: identity.keys + other.identity.keys)
        if !cleared.contains(OrderField.studyInstanceUID.rawValue) {
            order.studyInstanceUID = studyInstanceUID ?? other.studyInstanceUID
        }
        return order
    }
}
