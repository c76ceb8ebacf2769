extension StoredOrder {
    /// What is to be exported now that the order is delivered, taken out of it: so each delivery exports once, whatever
    /// else is written to the order later. Empty in every other state.
    public mutating func takeExports() -> [ExportDraft] {
        guard state == .delivered, !content.exports.isEmpty else { return [] }
        defer { content.exports = [] }
        return content.exports
    }

    /// Whether a copy of the order's study may leave: only of one that is delivered and not taken back. A person looks
    /// at a parked order; one that is run again decides anew when it is delivered.
    var mayBeExported: Bool { state == .delivered && standing.isOut }
}
