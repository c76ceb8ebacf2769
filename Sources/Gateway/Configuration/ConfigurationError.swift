/// What is wrong with a configuration file: a stable code, the key it stands at and one sentence with the remedy.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        case unreadable
        case notYAML
        case unknownKey
        case missingKey
        case wrongType
        case invalidValue
        case unsafe
        case fileMissing
    }

    public let code: Code
    /// The key's path, such as `listeners.mllp[0].port`.
    public let path: String
    public let explanation: String

    init(_ code: Code, at path: String, _ explanation: String) {
        self.code = code
        self.path = path
        self.explanation = explanation
    }

    public var description: String { "\(path.isEmpty ? "configuration" : path): \(explanation) [\(code.rawValue)]" }
}
