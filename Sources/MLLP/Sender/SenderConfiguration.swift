/// Where and how messages are sent.
public struct SenderConfiguration: Sendable, Equatable {
    /// The receiver's host, which its certificate must name.
    public var host: String
    /// The receiver's port.
    public var port: Int
    /// TLS, or nil for plaintext. The files are read for each new connection, so that new ones are used without restart.
    public var tls: SenderTLS?
    /// For the connection, and again for the TLS handshake. Default 10 s.
    public var connectTimeout: Duration
    /// The longest wait for the reply. Default 30 s.
    public var replyTimeout: Duration
    /// What a reply may cost. Default: the limits of a listener.
    public var limits: FrameLimits
    /// How much silence after EB stands for a missing CR. Default 500 ms.
    public var carriageReturnTimeout: Duration
    /// How long ``MLLPClient`` waits before it connects again: the shortest pause after one failure, twice as long after
    /// each further one, up to the longest. Default 250 ms to 5 s.
    public var reconnectPause: ClosedRange<Duration>

    /// A configuration with the gateway's defaults.
    public init(
        host: String, port: Int, tls: SenderTLS? = nil, connectTimeout: Duration = .seconds(10),
        replyTimeout: Duration = .seconds(30), limits: FrameLimits = FrameLimits(),
        carriageReturnTimeout: Duration = .milliseconds(500),
        reconnectPause: ClosedRange<Duration> = .milliseconds(250) ... .seconds(5)
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.connectTimeout = connectTimeout
        self.replyTimeout = replyTimeout
        self.limits = limits
        self.carriageReturnTimeout = carriageReturnTimeout
        self.reconnectPause = reconnectPause
    }
}
