/// Why a message did not get its reply. It carries nothing of the message.
public struct MLLPError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure; the raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// Nobody took the connection in time; nothing was sent.
        case notConnected
        /// TLS could not be agreed upon; nothing was sent.
        case tls
        /// A certificate or key file is missing or not PEM.
        case tlsFile
        /// The message holds SB or EB and cannot be framed.
        case unframeable
        /// The connection ended or the time was up before the reply. Whether the message arrived is not known.
        case noReply
        /// What came back is no frame.
        case malformedReply
    }

    /// The kind of failure.
    public let code: Code

    /// An error.
    public init(code: Code) { self.code = code }

    /// The code.
    public var description: String { "mllp.\(code.rawValue)" }
}
