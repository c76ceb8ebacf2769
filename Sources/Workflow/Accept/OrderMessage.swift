import HL7v2
import Mapping

/// One order of a message, under the identifiers that its patient has now.
struct OrderMessage {
    let order: ImagingOrder
    /// Identifiers it was sent under that were merged away since.
    let former: [AssignedIdentifier]
    let part: OrderPart

    var action: OrderControl.Action { part.action }

    /// For parking.
    var code: String { "order.\(order.orderControl.rawValue)" }

    /// ORC-9.
    var time: Timestamp? { order.transactionTime.map { Timestamp(microseconds: $0.microseconds) } }

    /// Whether the message says what to do with an order rather than what the order is.
    var isControl: Bool {
        switch action {
        case .cancel, .hold, .release: true
        case .new, .change, .replace, .status, .conversation: false
        }
    }

    /// The end of what ORC-9 states: a date alone may be any time of its day.
    private var latest: Timestamp? {
        order.transactionTime.map { Timestamp(microseconds: $0.microseconds) + $0.precision }
    }

    /// How a message stands to an order that shares a number with it.
    enum Relation {
        /// It says what the order is now.
        case version
        /// It is older than what is known (ORC-9).
        case stale
        /// It is about another order of the same exam: another placer or filler number under the same accession.
        case sibling
        /// It is about somebody else under a number that is taken.
        case otherPatient
        /// It takes up again what was cancelled.
        case reopening
    }

    func relation(to existing: StoredOrder) -> Relation {
        if existing.state == .cancelled {
            return reopens(existing) ? .reopening : isStale(for: existing) ? .stale : .version
        }
        if isOtherPatient(than: existing) { return .otherPatient }
        if isStale(for: existing) { return .stale }
        guard isSibling(of: existing) else { return .version }
        // Another order under the same exam is the same patient's.
        return existing.content.order?.isSamePatient(as: order) ?? true ? .sibling : .otherPatient
    }

    /// RP, or a later NW under another placer number. What a tombstone was called, only its keys know: a later NW that
    /// a cancellation without times cannot be compared with stays cancelled.
    private func reopens(_ existing: StoredOrder) -> Bool {
        let last = [existing.content.controlTime, existing.content.order?.version].compactMap(\.self).max()
        switch action {
        case .replace:
            guard let latest, let last else { return true }
            return latest >= last
        case .new:
            guard let time, let last, time > last else { return false }
            guard let known = existing.content.order?.identity.placer, let placer = order.identity.placer else {
                return existing.kind == .tombstone
            }
            return !known.isSame(as: placer)
        case .cancel, .change, .hold, .release, .status, .conversation: return false
        }
    }

    /// Older than the content it would change, or than the hold, release or cancellation it would follow. Messages
    /// without a time are taken in the order in which they come.
    private func isStale(for existing: StoredOrder) -> Bool {
        guard let latest else { return false }
        let version = existing.content.order?.version
        let control = existing.content.controlTime
        switch action {
        case .new, .change, .replace: return version.map { latest < $0 } ?? false
        case .hold, .release: return control.map { latest < $0 } ?? false
        case .cancel: return [version, control].compactMap(\.self).max().map { latest < $0 } ?? false
        case .status, .conversation: return false
        }
    }

    /// Which of the two is wrong, a person must say, and the first one keeps what it was. A change or a replacement
    /// may name another patient where both identifiers are one assigner's: those of two assigners tell nothing of each
    /// other. A cancellation or a hold that names somebody else is about another order.
    private func isOtherPatient(than existing: StoredOrder) -> Bool {
        guard let known = existing.content.order, !known.isSamePatient(as: order) else { return false }
        switch action {
        case .new, .release, .status: return existing.state != .notApplicable
        case .change, .replace: return existing.state != .notApplicable && !known.sharesPatientAssigner(with: order)
        case .cancel, .hold: return existing.state != .notApplicable && known.sharesPatientAssigner(with: order)
        case .conversation: return false
        }
    }

    private func isSibling(of existing: StoredOrder) -> Bool {
        guard let known = existing.content.order?.identity, existing.state != .notApplicable else { return false }
        let isOther =
            known.contradicts(order.identity, .placer) && !known.agrees(order.identity, .filler)
            || known.contradicts(order.identity, .filler) && !known.agrees(order.identity, .placer)
        switch action {
        case .new, .change, .cancel, .hold, .release: return isOther
        case .replace, .status, .conversation: return false
        }
    }
}

extension OrderIdentity {
    /// Both have a number of this kind by the same assigner, and they differ.
    fileprivate func contradicts(_ other: OrderIdentity, _ kind: OrderKey.Kind) -> Bool {
        guard let one = identifier(kind), let two = other.identifier(kind) else { return false }
        return one.assigner == two.assigner && !one.isSame(as: two)
    }

    fileprivate func agrees(_ other: OrderIdentity, _ kind: OrderKey.Kind) -> Bool {
        guard let one = identifier(kind), let two = other.identifier(kind) else { return false }
        return one.isSame(as: two)
    }
}

extension OrderTime {
    /// How much of time what was stated stands for.
    fileprivate var precision: Duration {
        if stated.second != nil { return .zero }
        if stated.minute != nil { return .seconds(59) }
        if stated.hour != nil { return .seconds(3599) }
        if stated.day != nil { return .seconds(86399) }
        return .seconds(stated.month != nil ? 31 * 86400 : 366 * 86400)
    }
}
