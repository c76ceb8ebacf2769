/// One leaf of the log and what it commits to. It prints its index only.
public struct AuditEntry: Sendable, CustomStringConvertible, CustomReflectable {
    /// The place in the log.
    public let index: UInt64
    /// As stored and hashed.
    public let leaf: [UInt8]
    /// The opened record; nil where its data key or its body was destroyed, or where it was not asked for.
    public let record: AuditRecord?
    /// The opened body, the record with the random bytes of the leaf's commitments: identified data, for export only.
    public let body: [UInt8]?

    /// Whether there is a body that does not open, or is not the one to which the leaf commits: it was tampered with.
    public let isUnreadable: Bool

    /// An entry as a store reads it.
    public init(
        index: UInt64, leaf: [UInt8], record: AuditRecord?, body: [UInt8]? = nil, isUnreadable: Bool = false
    ) {
        self.isUnreadable = isUnreadable
        self.index = index
        self.leaf = leaf
        self.record = record
        self.body = body
    }

    /// The index.
    public var description: String { "AuditEntry(\(index))" }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
