/// How far a connection to a peer came: name, TCP, TLS. No request is sent.
public struct ConnectionReport: Sendable, Hashable {
    /// Why there is no connection that could be used; the raw values are stable suffixes of `docs/operate/errors.md`.
    public enum Failure: String, Sendable, Hashable, CaseIterable {
        /// The name is not known.
        case name = "dns"
        /// Nobody answers at that port.
        case refused = "connect"
        /// No connection within the time.
        case timeout = "connect.timeout"
        /// The configured TLS files cannot be read.
        case tlsFile
        /// What answers does not speak TLS.
        case notTLS = "tls.notTLS"
        /// A certificate of the peer's chain has expired.
        case expired = "tls.expired"
        /// A certificate of the peer's chain is not valid yet.
        case notYetValid = "tls.notYetValid"
        /// The certificate is for another name.
        case otherName = "tls.name"
        /// The certificate is of an authority that is not believed.
        case authority = "tls.authority"
        /// The peer ended the handshake: it refuses our certificate, wants one, or has no version in common with us.
        case handshakeRefused = "tls.refused"
    }

    /// Whether the peer is https.
    public let isEncrypted: Bool
    /// Nil when the connection stands.
    public let failure: Failure?
    /// Until when the peer's own certificate is valid, in seconds since 1970; nil without TLS.
    public let certificateEnds: Int64?
}
