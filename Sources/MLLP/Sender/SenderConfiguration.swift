/// Where and how messages are sent.
public struct SenderConfiguration: Sendable, Equatable {
    /// The receiver's host, which its certificate must name.
    public var host: String
    /// The receiver's port.
    public var port: Int
    /// TLS, or nil for plaintext.
    public var tls: SenderTLS?
    /// Default 10 s.
    public var connectTimeout: Duration
    /// The longest wait for the reply. Default 30 s.
    public var replyTimeout: Duration
    /// What a reply may cost. Default: the limits of a listener.
    public var limits: FrameLimits

    /// A configuration with the gateway's defaults.
    public init(
        host: String, port: Int, tls: SenderTLS? = nil, connectTimeout: Duration = .seconds(10),
        replyTimeout: Duration = .seconds(30), limits: FrameLimits = FrameLimits()
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.connectTimeout = connectTimeout
        self.replyTimeout = replyTimeout
        self.limits = limits
    }
}
