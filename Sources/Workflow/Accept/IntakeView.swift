import Audit
import DICOM
import Mapping

/// The orders a message touches, as they are after what was folded into them so far, and what is to be written.
struct IntakeView {
    private var rows: [OrderID: StoredOrder] = [:]
    /// Oldest first, those that the message makes last.
    private var ids: [OrderID] = []
    private var keys: [OrderKey: OrderID]
    private var studies: [String: [OrderID]]
    private var survivors: [AssignedIdentifier: AssignedIdentifier]
    private let patients: [AssignedIdentifier: [OrderID]]
    var decision = IntakeDecision()
    /// Whether the message touched an order that a model takes, or once took.
    private(set) var isOurs = false

    init(_ findings: IntakeFindings) {
        for order in findings.orders {
            rows[order.id] = order
            ids.append(order.id)
        }
        keys = findings.keys
        studies = findings.studies
        survivors = findings.survivors
        patients = findings.patients
    }

    subscript(id: OrderID) -> StoredOrder? { rows[id] }

    /// The rows that have any of the keys, oldest first.
    func rows(with wanted: [OrderKey]) -> [StoredOrder] {
        let found = Set(wanted.compactMap { keys[$0] })
        return ids.filter(found.contains).compactMap { rows[$0] }
    }

    /// An announced study that nobody has claimed: by key, else by study.
    func notice(for order: ImagingOrder) -> StoredOrder? {
        let linked = order.studyInstanceUID.flatMap { studies[$0.value] } ?? []
        return (rows(with: order.identity.keys) + linked.compactMap { rows[$0] })
            .first { $0.kind == .notice && $0.state == .waiting }
    }

    /// Notes a row as it is now, what the order that changed it names, and what the change asks for. A row that is as
    /// it was is not written: a worker that has leased it goes on.
    mutating func write(_ stored: StoredOrder, naming order: ImagingOrder? = nil, after transition: OrderTransition?) {
        let known = rows.updateValue(stored, forKey: stored.id)
        if known == nil { ids.append(stored.id) }
        if stored.state != .notApplicable { isOurs = true }
        if known.map({ !$0.isSame(as: stored) }) ?? true || transition != nil {
            decision.orders.removeAll { $0.id == stored.id }
            decision.orders.append(stored)
        }
        if transition?.withdraws == true { decision.withdrawn.append(stored.id) }
        if transition?.retracts == true, stored.content.frozenKey != nil { decision.retractions.append(stored.id) }
        guard let order else { return }
        for key in order.identity.keys where isFree(key) { keys[key] = stored.id }
        let own = stored.content.order?.identity.keys ?? []
        let further = order.identity.keys.filter { !own.contains($0) }
        if !further.isEmpty { decision.additionalKeys[stored.id, default: []] += further }
        guard let study = order.studyInstanceUID?.value else { return }
        guard studies[study]?.contains(stored.id) != true else { return }
        studies[study, default: []].append(stored.id)
        decision.studies[stored.id, default: []].append(study)
    }

    mutating func record(_ record: AuditRecord) { decision.records.append(record) }

    /// A key stays with the order that had it first; only a notice gives it up.
    private func isFree(_ key: OrderKey) -> Bool {
        guard let owner = keys[key] else { return true }
        return rows[owner]?.kind == .notice
    }

    // MARK: - Patients

    /// The orders of a patient, oldest first. Those of an identifier that this message merged into another are found
    /// under both.
    func orders(of identifiers: [AssignedIdentifier]) -> [StoredOrder] {
        let names = identifiers.map(\.withoutType)
        let merged = decision.merges.filter { names.contains($0.surviving) }.map(\.prior)
        let found = Set((names + merged).flatMap { patients[$0] ?? [] })
        return ids.filter(found.contains).compactMap { rows[$0] }.filter { $0.kind == .order }
    }

    /// Remembers a merge, for the rest of this message too. A survivor that had been merged away counts again.
    mutating func remember(_ merge: PatientMerge) {
        decision.merges.append(merge)
        survivors[merge.surviving] = nil
        for (prior, survivor) in survivors where survivor == merge.prior { survivors[prior] = merge.surviving }
        survivors[merge.prior] = merge.surviving
    }

    /// The identifier that stands for this one now.
    func current(_ identifier: AssignedIdentifier) -> AssignedIdentifier {
        guard let survivor = survivors[identifier.withoutType] else { return identifier }
        return AssignedIdentifier(
            assigner: survivor.assigner, value: survivor.value, typeCode: identifier.typeCode)
    }

    /// The order under the identifiers that its patient has now, and those that it was sent under.
    func current(_ order: ImagingOrder) -> (order: ImagingOrder, former: [AssignedIdentifier]) {
        guard !survivors.isEmpty else { return (order, []) }
        var order = order
        let former = order.patient.replace(current)
        return (order, former)
    }
}

extension StoredOrder {
    /// Whether nothing changed but the time of looking.
    fileprivate func isSame(as other: StoredOrder) -> Bool {
        state == other.state && kind == other.kind && nextAttempt == other.nextAttempt && content == other.content
    }
}

extension [AssignedIdentifier] {
    /// Replaces identifiers by those that stand for them, each once; returns the replaced ones without their types.
    mutating func replace(_ current: (AssignedIdentifier) -> AssignedIdentifier) -> [AssignedIdentifier] {
        var (kept, former): ([AssignedIdentifier], [AssignedIdentifier]) = ([], [])
        for identifier in self {
            let survivor = current(identifier)
            if survivor != identifier { former.add(identifier.withoutType) }
            kept.add(survivor)
        }
        self = kept
        return former
    }

    /// Appends an identifier that is not there yet.
    mutating func add(_ identifier: AssignedIdentifier) {
        guard !contains(where: { $0.isSame(as: identifier) || $0 == identifier }) else { return }
        append(identifier)
    }
}
