public import Audit

/// Where the audit log is read for the outside repositories, each of which has a place of its own in it.
///
/// A destination's place lives in the store and moves only after its repository took what stands before it, so that a
/// repository that cannot be reached misses nothing.
public protocol AuditFeedStore: Sendable {
    /// The entries from the destination's place on, in the order of the log, opened; fewer than `limit` only at the
    /// end. A record whose data key was destroyed is nil, and so is one that does not open: that one is marked.
    ///
    /// - Parameter destination: A configured name. One that is not known yet starts at the beginning of the log, unless
    ///   the store was told otherwise.
    func auditFeed(_ destination: String, limit: Int) async throws(AdapterError) -> [AuditEntry]

    /// Moves the destination's place behind the leaf `index`, durably. It never moves back.
    func advanceAuditFeed(_ destination: String, past index: UInt64) async throws(AdapterError)

    /// How many leaves stand behind the destination's place.
    func auditFeedLag(_ destination: String) async throws(AdapterError) -> UInt64
}
