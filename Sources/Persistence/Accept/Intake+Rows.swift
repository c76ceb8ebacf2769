import GRDB
import Mapping
import Workflow

/// Accepting: look up, decide, write, all in one transaction.
extension StoreTransaction {
    /// - Parameter draft: what is written where nothing of the intake is known.
    func accept(
        _ intake: Intake, _ terms: IntakeTerms, draft: IntakeDraft?, decide: (IntakeFindings) -> IntakeDecision
    ) throws -> IntakeDecision {
        if let draft {
            let found = try lookup(terms.values + draft.key.subjects.values.map(LookupEntry.leading))
            if terms.areNew(to: found) {
                try write(draft, found: found)
                return draft.decision
            }
        }
        let findings = try findings(intake, terms)
        let decision = decide(findings)
        try write(decision, of: intake, isReplay: findings.replay != nil)
        return decision
    }

    func findings(_ intake: Intake, _ terms: IntakeTerms) throws -> IntakeFindings {
        let survivors = try survivors(of: terms.patients.map(\.patient))
        var patients: [AssignedIdentifier: [OrderTerm]] = [:]
        if terms.wantsOrdersOfPatients {
            for (patient, value) in terms.patients {
                patients[patient] =
                    [OrderTerm(.patient, value)]
                    + OrderTerm.patients(PatientSet([survivors[patient]].compactMap(\.self), values: values))
            }
        }
        let rows = try rows(
            with: terms.keys.map(\.term) + terms.studies.map(\.term) + patients.values.joined())
        let readable = try rows.compactMap { row in try self.readable(row.row).map { (order: $0, terms: row.terms) } }
        func orders(with terms: [OrderTerm]) -> [OrderID] {
            readable.filter { row in terms.contains(where: row.terms.contains) }.map(\.order.id)
        }
        return IntakeFindings(
            orders: readable.map(\.order),
            keys: Dictionary(
                terms.keys.compactMap { key, term in orders(with: [term]).first.map { (key, $0) } },
                uniquingKeysWith: { first, _ in first }),
            studies: Dictionary(
                terms.studies.map { ($0.uid, orders(with: [$0.term])) }, uniquingKeysWith: { first, _ in first }
            ).filter { !$0.value.isEmpty },
            patients: patients.mapValues(orders).filter { !$0.value.isEmpty }, survivors: survivors,
            replay: try replay(of: intake.message, deduplication: terms.deduplication))
    }

    private func write(_ decision: IntakeDecision, of intake: Intake, isReplay: Bool) throws {
        let now = intake.message.received
        for order in decision.orders { try write(order) }
        for (order, bound) in decision.additionalKeys {
            try bind(bound.map { OrderTerm($0, values: values) }, to: order)
        }
        for (order, studies) in decision.studies {
            try bind(studies.map { OrderTerm(study: $0, values: values) }, to: order)
        }
        for order in decision.withdrawn { if let row = try row(of: order) { try withdraw(row, now: now) } }
        for order in decision.retractions { if let row = try row(of: order) { try retract(row, now: now) } }
        for merge in decision.merges { try remember(merge, now: now) }
        let patients = PatientSet(
            intake.patients + decision.orders.flatMap { $0.content.order?.patient ?? [] }, values: values)
        var key: SealingKey?
        // A resend brings no new bytes.
        if !isReplay {
            let messageKey = try dataKey(for: patients)
            key = messageKey
            let reply = decision.isReplayable ? decision.reply : nil
            try add(MessageDraft(intake.message, reply: reply, values: values), sealedBy: messageKey)
        }
        if let reply = decision.deferredReply { try add(reply, now: now, key: key ?? dataKey(for: patients)) }
        _ = try append(decision.records.map { try LeafDraft($0, context: context, values: values) }, key: key)
    }
}
