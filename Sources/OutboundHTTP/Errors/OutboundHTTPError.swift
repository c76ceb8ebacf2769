/// Why a peer cannot be set up as configured. It names the peer, never an address or a secret.
public struct OutboundHTTPError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of defect; the raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// The base is no http or https URL of the accepted form.
        case invalidBase
        /// Plain http to another machine without `allowPlaintext`.
        case plaintextNotAllowed
        /// https without saying which authorities are believed.
        case missingTrust
        /// A TLS file is missing or not PEM.
        case tlsFile
        /// A password or token file is missing, empty or too long.
        case credentialFile
    }

    /// The kind of defect.
    public let code: Code
    /// The peer's configured name.
    public let peer: String

    /// An error of one peer's configuration.
    public init(code: Code, peer: String) {
        self.code = code
        self.peer = peer
    }

    /// Code and peer.
    public var description: String { "\(code.rawValue) (\(peer))" }
}
