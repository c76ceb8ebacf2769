/// A command was not let in. The refusal is in the audit log.
public struct AccessError: Error, Sendable, Hashable {
    /// Stable: `access.refused`.
    public let code: String
    /// One sentence for the person who was refused.
    public let explanation: String
}
