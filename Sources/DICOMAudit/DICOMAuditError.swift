/// The one error of this module; it never carries content of a record.
public struct DICOMAuditError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Stable codes.
    public enum Code: String, Sendable, CaseIterable {
        /// A message that the grammar of PS3.15 A.5 does not allow.
        case grammar = "audit.message.grammar"
        /// The grammar's file is missing beside the program, or is none.
        case grammarFile = "audit.message.grammarFile"
        /// The XML library could not write or check.
        case library = "audit.message.library"
    }

    /// What went wrong.
    public let code: Code

    /// Makes an error.
    public init(_ code: Code) { self.code = code }

    /// The code.
    public var description: String { code.rawValue }
}
