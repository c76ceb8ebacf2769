import Audit
import Mapping

/// What news of patients (ADT) make of the orders that are known, and of those that come later.
extension IntakeRules {
    func apply(_ change: PatientChange, to view: inout IntakeView) {
        switch change {
        case .update(let update): apply(update, to: &view)
        case .merge(let merges): apply(merges, to: &view)
        }
        // A merge of an identifier into itself, or of assigners that nobody knows.
        if view.decision.records.isEmpty { view.record(trail.notOurs(message, code: "noPatient")) }
        view.decision.label = view.decision.orders.isEmpty ? "notOurs" : "patient"
    }

    // MARK: - A08, A31

    private func apply(_ update: PatientUpdate, to view: inout IntakeView) {
        var update = update
        let named = update.identifiers.filter { $0.assigner != nil }
        _ = update.identifiers.replace(view.current)
        for stored in view.orders(of: named) {
            guard var order = stored.content.order else { continue }
            order.describe(by: update)
            var changed = stored
            changed.content.order = order
            fold(&changed, was: stored, event: .patientUpdate, naming: order.patient, in: &view)
        }
        guard view.decision.orders.isEmpty else { return }
        let scope = AuditScope(patients: named)
        view.record(trail.patientChanged(.patientUpdate, scope, message, state: nil))
    }

    // MARK: - A40 and its like

    /// A merge is remembered whether or not an order is known: one that comes later under the prior identifier is the
    /// survivor's. Every merge leaves a leaf, also one that changes nothing.
    private func apply(_ merges: [PatientMerge], to view: inout IntakeView) {
        for merge in merges {
            let count = view.decision.records.count
            let subjects = apply(merge, to: &view)
            guard count == view.decision.records.count else { continue }
            let scope = AuditScope(patients: subjects)
            view.record(trail.patientChanged(.patientMerge, scope, message, state: nil))
        }
    }

    /// Applies one merge; returns the survivor and the prior identifier.
    private func apply(_ merge: PatientMerge, to view: inout IntakeView) -> [AssignedIdentifier] {
        let prior = merge.prior.withoutType
        // The survivor may have been merged away before; unless into the prior one: then this merge undoes it.
        let latest = view.current(merge.surviving)
        let survivor = latest.isSame(as: prior) ? merge.surviving : latest
        let subjects = [survivor, prior]
        guard !survivor.isSame(as: prior) else { return subjects }
        view.remember(PatientMerge(prior: prior, surviving: survivor.withoutType))
        for stored in view.orders(of: [prior]) {
            guard var order = stored.content.order, order.patient.contains(where: { $0.isSame(as: prior) }) else {
                continue
            }
            var changed = stored
            let former = order.patient.replace { one in
                guard one.isSame(as: prior) else { return one }
                return AssignedIdentifier(assigner: survivor.assigner, value: survivor.value, typeCode: one.typeCode)
            }
            changed.content.order = order
            changed.content.formerPatient.removeAll { $0.isSame(as: survivor) }
            for identifier in former { changed.content.formerPatient.add(identifier) }
            fold(&changed, was: stored, event: .patientMerge, naming: subjects, in: &view)
        }
        // One that was ambiguous under the survivor's number may be so no longer.
        for stored in view.orders(of: [survivor]) where stored.state == .parked {
            var changed = stored
            changed.content.formerPatient.add(prior)
            fold(&changed, was: stored, event: .patientMerge, naming: subjects, in: &view)
        }
        return subjects
    }

    /// The order as the patient's news leave it: routed anew, for a rule may ask for the age.
    private func fold(
        _ changed: inout StoredOrder, was stored: StoredOrder, event: AuditEventType, naming: [AssignedIdentifier],
        in view: inout IntakeView
    ) {
        guard changed != stored, let order = changed.content.order else { return }
        // A delivered report says nothing of a name or of a further number: it is not made again for those.
        if event == .patientUpdate, changed.state == .delivered, let known = stored.content.order,
            order.birthDate == known.birthDate, order.sex == known.sex
        {
            changed.updated = now
            view.write(changed, after: nil)
            let scope = AuditScope(order: changed).naming(patients: naming)
            return view.record(trail.patientChanged(event, scope, message, state: changed.state))
        }
        let reason = routing.notApplicableReason(order)
        let happened: OrderEvent =
            switch (changed.state, reason) {
            case (.cancelled, _): .merged
            case (.notApplicable, nil): .updated
            case (.notApplicable, _), (_, nil): .merged
            case (_, _): .unclaimed
            }
        let transition = changed.apply(happened, now: now, parking: (.orderChanged, nil))
        if changed.state == .notApplicable { changed.content.notApplicableReason = reason }
        changed.updated = now
        view.write(changed, after: transition)
        let scope = AuditScope(order: changed).naming(patients: naming)
        view.record(trail.patientChanged(event, scope, message, state: changed.state))
    }
}

extension ImagingOrder {
    /// Takes over what is said of the patient; identifiers are added, never dropped: images may carry them.
    fileprivate mutating func describe(by update: PatientUpdate) {
        for identifier in update.identifiers where identifier.assigner != nil { patient.add(identifier) }
        patientName = update.name ?? (update.cleared.contains(OrderField.patientName.rawValue) ? nil : patientName)
        birthDate = update.birthDate ?? (update.cleared.contains(OrderField.birthDate.rawValue) ? nil : birthDate)
        sex = update.sex ?? (update.cleared.contains(OrderField.sex.rawValue) ? nil : sex)
    }
}
