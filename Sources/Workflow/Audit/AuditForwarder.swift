import Audit

/// Brings the log to one audit repository: store and forward, with the repository's place in the log kept by the store.
///
/// Each record is sent at least once and in the order of the log. What a repository refuses for good neither stops the
/// others nor vanishes: a leaf `audit.forwardFailed` names it, as it names what somebody made unreadable. But a
/// repository that refuses everything is itself the trouble, whatever it says: then its place does not move.
public struct AuditForwarder: Sendable {
    /// How many records are looked at to tell a refused record from a repository that takes nothing.
    static let reach = 1_024
    /// The code of what the deep check reports too.
    private static let unreadable = "record.bodyUnreadable"

    private let store: any AuditFeedStore & OrderStore
    private let repository: any AuditRepository
    private let trail: AuditTrail
    private let batch: Int
    private let onRefusal: @Sendable (AuditRefusal) -> Void

    /// A forwarder.
    /// - Parameters:
    ///   - batch: how many records go at once.
    ///   - onRefusal: is told of each record that was passed over, for a log line and a count.
    public init(
        store: any AuditFeedStore & OrderStore, repository: any AuditRepository, trail: AuditTrail, batch: Int = 64,
        onRefusal: @escaping @Sendable (AuditRefusal) -> Void = { _ in }
    ) {
        self.store = store
        self.repository = repository
        self.trail = trail
        self.batch = max(1, batch)
        self.onRefusal = onRefusal
    }

    /// Sends the next records and moves the repository's place behind them; false when there are none.
    ///
    /// A crash between the two, or an error, sends them again.
    /// - Throws: what the repository throws; `unavailable` `<name>.refusesAll`; what the store throws.
    public func forwardOne() async throws(AdapterError) -> Bool {
        let entries = try await store.auditFeed(repository.name, limit: batch)
        guard let last = entries.last else { return false }
        let refusals = try await send(entries)
        if !refusals.isEmpty, refusals.count == Self.records(in: entries) {
            try await lookFurther(behind: entries, refusals)
        } else {
            try await pass(refusals, of: entries, upTo: last.index)
        }
        return true
    }

    /// Everything was refused: the records are at fault only if the repository takes a later one.
    private func lookFurther(
        behind entries: [AuditEntry], _ first: [AuditRefusal]
    ) async throws(AdapterError) {
        let ahead = try await store.auditFeed(repository.name, limit: max(Self.reach, batch))
        var (sent, refusals) = (entries.count, first)
        while sent < ahead.count {
            let next = Array(ahead[sent..<min(sent + batch, ahead.count)])
            let refused = try await send(next)
            sent += next.count
            refusals += refused
            if refused.count < Self.records(in: next), let last = next.last {
                return try await pass(refusals, of: ahead, upTo: last.index)
            }
        }
        throw AdapterError(.unavailable, code: "\(repository.name).refusesAll")
    }

    private func send(_ entries: [AuditEntry]) async throws(AdapterError) -> [AuditRefusal] {
        let records = entries.filter { $0.record != nil }
        return records.isEmpty ? [] : try await repository.send(records)
    }

    /// Records what was refused, then moves on.
    private func pass(
        _ refusals: [AuditRefusal], of entries: [AuditEntry], upTo last: UInt64
    ) async throws(AdapterError) {
        let unreadable = entries.filter { $0.isUnreadable && $0.index <= last }
            .map { AuditRefusal(index: $0.index, code: Self.unreadable) }
        let refusals = refusals + unreadable
        let records = refusals.compactMap { refusal in
            record(of: refusal, entries.first { $0.index == refusal.index })
        }
        if !records.isEmpty { try await store.record(records) }
        try await store.advanceAuditFeed(repository.name, past: last)
        for refusal in refusals { onRefusal(refusal) }
    }

    /// Nil for a refused `audit.forwardFailed`: a record about each would never end.
    private func record(of refusal: AuditRefusal, _ refused: AuditEntry?) -> AuditRecord? {
        guard let refused, refused.record?.event != .auditForwardFailed else { return nil }
        var record = trail.service(
            .auditForwardFailed, outcome: .seriousFailure, code: refusal.code,
            details: [
                .destination: .configured(repository.name), .refusedLeaf: .count(refusal.index),
            ])
        // So that a question about the order finds what its repository lacks.
        if let correlation = refused.record?.correlation { record.correlation = correlation }
        return record
    }

    private static func records(in entries: [AuditEntry]) -> Int {
        entries.count { $0.record != nil }
    }
}
