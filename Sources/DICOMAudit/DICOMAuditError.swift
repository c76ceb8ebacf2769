/// The one error of this module; it never carries content of a record.
public struct DICOMAuditError: Error, Equatable, Sendable {
    /// Stable codes.
    public enum Code: String, Sendable, CaseIterable {
        /// A message that the grammar of PS3.15 A.5 does not allow.
        case grammar = "audit.message.grammar"
    }

    /// What went wrong.
    public let code: Code

    /// Makes an error.
    public init(_ code: Code) { self.code = code }
}
