/// One outside system as configured: where it is, how it is trusted, what it may cost.
public struct Peer: Sendable {
    /// First part of error codes, such as `ehr` in `ehr.http.503`. Never an address.
    public let name: String
    /// The root under which every request goes.
    public let root: HTTPRoot
    let tls: ClientTLS?
    let authentication: Authentication
    let limits: OutboundLimits

    /// - Parameters:
    ///   - base: absolute URL of the service's root. Plain http is accepted for loopback, or with `allowPlaintext`.
    ///   - tls: needed for https unless the system's authorities are trusted by saying so.
    /// - Throws: `invalidBase`, `plaintextNotAllowed`, `missingTrust`.
    public init(
        name: String, base: String, tls: ClientTLS? = nil, authentication: Authentication = .none,
        limits: OutboundLimits = OutboundLimits(), allowPlaintext: Bool = false
    ) throws(OutboundHTTPError) {
        guard let root = HTTPRoot(base) else { throw OutboundHTTPError(code: .invalidBase, peer: name) }
        guard root.isEncrypted || root.isLoopback || allowPlaintext else {
            throw OutboundHTTPError(code: .plaintextNotAllowed, peer: name)
        }
        guard !root.isEncrypted || tls != nil else { throw OutboundHTTPError(code: .missingTrust, peer: name) }
        self.name = name
        self.root = root
        self.tls = tls
        self.authentication = authentication
        self.limits = limits
    }
}

extension Peer: CustomStringConvertible {
    /// The name only.
    public var description: String { "Peer(\(name))" }
}

/// What one exchange with a peer may cost.
public struct OutboundLimits: Sendable, Equatable {
    /// Bytes of an answer that is read whole. Default 32 MiB.
    public var answerBytes: Int
    /// Bytes of an answer that is streamed. Default 4 GiB.
    public var streamBytes: Int
    /// Bytes of all header fields of an answer together. Default 32 KiB.
    public var headerBytes: Int
    /// Default 10 s.
    public var connectTimeout: Duration
    /// The longest silence inside an exchange. Default 30 s.
    public var inactivityTimeout: Duration
    /// The longest exchange whose answer is read whole. Default 120 s.
    public var answerTimeout: Duration
    /// The longest exchange whose answer is streamed. Default 3600 s.
    public var streamTimeout: Duration

    /// Limits with the gateway's defaults.
    public init(
        answerBytes: Int = 32 << 20, streamBytes: Int = 4 << 30, headerBytes: Int = 32 << 10,
        connectTimeout: Duration = .seconds(10), inactivityTimeout: Duration = .seconds(30),
        answerTimeout: Duration = .seconds(120), streamTimeout: Duration = .seconds(3_600)
    ) {
        self.answerBytes = answerBytes
        self.streamBytes = streamBytes
        self.headerBytes = headerBytes
        self.connectTimeout = connectTimeout
        self.inactivityTimeout = inactivityTimeout
        self.answerTimeout = answerTimeout
        self.streamTimeout = streamTimeout
    }
}
