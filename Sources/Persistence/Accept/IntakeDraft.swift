import JSON
import Mapping
import Sealing
import Workflow

/// What an intake writes where nothing of it is known yet, decided and sealed before its transaction, on the caller's
/// thread: most messages are so, and the one writer has only to look and to insert.
struct IntakeDraft: Sendable {
    let decision: IntakeDecision
    let key: KeyDraft
    let order: OrderDraft?
    let message: MessageDraft
    let sealedBody: [UInt8]
    let sealedReply: [UInt8]?
    let leaves: [LeafDraft]

    /// nil where the decision is about more than one new order.
    init?(_ decision: IntakeDecision, of intake: Intake, context: StoreContext, values: KeyedValues) throws {
        guard decision.orders.count <= 1, decision.withdrawn.isEmpty, decision.retractions.isEmpty,
            decision.merges.isEmpty
        else { return nil }
        let ids = Set(decision.additionalKeys.keys).union(decision.studies.keys)
        guard ids.isSubset(of: decision.orders.map(\.id)) else { return nil }
        self.decision = decision
        let patients = PatientSet(decision.orders.first?.content.order?.patient ?? [], values: values)
        // One key for all that the message brings, so for everybody whom it names.
        let everybody = PatientSet(
            intake.patients + (decision.orders.first?.content.order?.patient ?? []), values: values)
        let key = try KeyDraft(for: everybody, keys: context.keys)
        self.key = key
        order = try decision.orders.first.map {
            try OrderDraft($0, patients, decision, key: key.key, values: values)
        }
        message = MessageDraft(
            intake.message, reply: decision.isReplayable ? decision.reply : nil, values: values)
        sealedBody = try message.sealedBody(key.key)
        sealedReply = try message.sealedReply(key.key)
        leaves = try decision.records.map { try LeafDraft($0, context: context, values: values) }
    }
}

/// A new order with its content sealed.
struct OrderDraft: Sendable {
    let order: StoredOrder
    let terms: OrderTerms
    let content: [UInt8]
    let sealed: [UInt8]

    init(
        _ order: StoredOrder, _ patients: PatientSet, _ decision: IntakeDecision, key: DataKey, values: KeyedValues
    ) throws {
        self.order = order
        let ownKeys = order.content.order?.identity.keys ?? []
        terms = OrderTerms(
            (ownKeys + (decision.additionalKeys[order.id] ?? [])).map { OrderTerm($0, values: values) }
                + (decision.studies[order.id] ?? []).map { OrderTerm(study: $0, values: values) }
                + OrderTerm.patients(patients))
        content = order.content.json.serialized()
        sealed = try key.seal(content, context: .orderContent(order.id.value))
    }
}

extension StoreTransaction {
    /// Inserts a draft. Where the patient has a key already, everything is sealed again with that one.
    /// - Parameter found: where the patient's key may be.
    func write(_ draft: IntakeDraft, found: Set<LookupEntry>) throws {
        let candidates = draft.key.subjects.values.first.map { value in
            found.filter { $0.kind == .dataKey && $0.value == LookupEntry.leading(value) }.map(\.row)
        }
        let existing = try existingKey(for: draft.key.subjects, among: candidates)
        let key = try existing ?? insert(draft.key)
        if let order = draft.order {
            let content = try existing.map {
                try $0.key.seal(order.content, context: .orderContent(order.order.id.value))
            }
            try insert(order.order, content: content ?? order.sealed, key: key, terms: order.terms)
        }
        if existing == nil {
            try add(draft.message, body: draft.sealedBody, reply: draft.sealedReply, key: key)
        } else {
            try add(draft.message, sealedBy: key)
        }
        if let reply = draft.decision.deferredReply {
            try add(reply, now: draft.message.message.received, key: key)
        }
        _ = try append(draft.leaves, key: key)
    }
}
