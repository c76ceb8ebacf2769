/// Where and how a listener accepts connections.
public struct ListenerConfiguration: Sendable, Equatable {
    /// The address to bind. Default loopback.
    public var host: String
    /// The port to bind; 0 takes a free one, which ``MLLPListener/run(onBound:)`` reports.
    public var port: Int
    /// TLS, or nil for plaintext.
    public var tls: ListenerTLS?
    /// What one connection may make the listener hold.
    public var limits: FrameLimits
    /// The most connections in all. Default 256.
    public var maximumConnections: Int
    /// The most connections of one address. Default 32.
    public var maximumConnectionsPerAddress: Int
    /// How long a connection may wait before the next frame begins, and how long a begun frame may take. Default 300 s.
    public var idleTimeout: Duration
    /// How much silence after EB stands for a missing CR. Default 500 ms.
    public var carriageReturnTimeout: Duration

    /// A configuration with the gateway's defaults.
    public init(
        host: String = "127.0.0.1", port: Int, tls: ListenerTLS? = nil, limits: FrameLimits = FrameLimits(),
        maximumConnections: Int = 256, maximumConnectionsPerAddress: Int = 32, idleTimeout: Duration = .seconds(300),
        carriageReturnTimeout: Duration = .milliseconds(500)
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.limits = limits
        self.maximumConnections = maximumConnections
        self.maximumConnectionsPerAddress = maximumConnectionsPerAddress
        self.idleTimeout = idleTimeout
        self.carriageReturnTimeout = carriageReturnTimeout
    }
}
