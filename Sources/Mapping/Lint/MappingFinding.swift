/// Something that a check of mapping files found.
public struct MappingFinding: Sendable, Hashable {
    /// Whether the gateway would refuse the file.
    public enum Severity: String, Sendable, Hashable {
        case error, warning
    }

    /// What a file may say without being wrong, but hardly means.
    public enum Warning: String, Sendable, Hashable, CaseIterable {
        /// No order mapping names the code map.
        case unusedCodeMap
        /// A place before it always answers first.
        case shadowedPlace
        /// The standard's segment has no such field.
        case fieldBeyondStandard
        /// No order mapping can fill a field with what the alternative asks for.
        case ruleNeverClaims
        /// An earlier rule claims every order that the alternative would.
        case shadowedRule
    }

    public let severity: Severity
    /// A stable name: a `MappingError.Code` or a `Warning`.
    public let code: String
    /// The path below `mappings`.
    public let file: String
    public let keyPath: String?
    public let line: Int?

    init(_ error: MappingError, in file: String) {
        severity = .error
        code = error.code.rawValue
        self.file = error.file ?? file
        keyPath = error.keyPath
        line = error.line
    }

    init(_ warning: Warning, _ mark: FileMark, in file: String) {
        severity = .warning
        code = warning.rawValue
        self.file = mark.file ?? file
        keyPath = mark.keyPath
        line = mark.line
    }
}
