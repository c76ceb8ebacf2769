public import Audit

/// An outside audit repository (IHE ATNA), which gets every record at least once.
public protocol AuditRepository: Sendable {
    /// The repository's configured name: that of its place in the log, and the first part of error codes.
    var name: String { get }

    /// Sends the records of entries in their order and returns once the repository has taken all of them but the
    /// refused ones; what counts as taken is the repository's to say. An entry without record is left out. Sent again
    /// after an error, nothing is stored twice where the repository's protocol allows that.
    ///
    /// - Returns: The records that the repository, or the check before sending, refuses for what they are.
    /// - Throws: The repository's trouble, whatever its category: it is not known which records were taken, and all are
    ///   sent again.
    func send(_ entries: [AuditEntry]) async throws(AdapterError) -> [AuditRefusal]
}

/// One record that a repository will never take.
public struct AuditRefusal: Sendable, Hashable {
    /// The record's place in the log.
    public let index: UInt64
    /// Why: a stable code.
    public let code: String

    public init(index: UInt64, code: String) {
        self.index = index
        self.code = code
    }
}
