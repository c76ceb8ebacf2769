public import Audit

/// Narrows a look at the log.
public struct AuditQuery: Sendable {
    /// Only leaves about this subject; all where nil.
    public var subject: Subject?
    /// The first index.
    public var from: UInt64
    /// At most so many.
    public var limit: Int

    /// A look at the log.
    public init(subject: Subject? = nil, from: UInt64 = 0, limit: Int = 1_000) {
        self.subject = subject
        self.from = from
        self.limit = limit
    }
}

/// One leaf and what it commits to.
public struct AuditEntry: Sendable {
    /// The place in the log.
    public let index: UInt64
    /// As stored and hashed.
    public let leaf: [UInt8]
    /// The opened record; nil where its data key was destroyed.
    public let record: AuditRecord?
}
