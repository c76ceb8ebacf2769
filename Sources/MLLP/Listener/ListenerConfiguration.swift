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
    /// How long the TLS handshake may take. Default 10 s.
    public var handshakeTimeout: Duration
    /// MLLP release 2: each frame gets a commit acknowledgement before its reply. Both ends must be set to it. Default
    /// false, which is what nearly all peers speak.
    public var release2: Bool

    /// A configuration with the gateway's defaults.
    public init(
        host: String = "127.0.0.1", port: Int, tls: ListenerTLS? = nil, limits: FrameLimits = FrameLimits(),
        maximumConnections: Int = 256, maximumConnectionsPerAddress: Int = 32, idleTimeout: Duration = .seconds(300),
        carriageReturnTimeout: Duration = .milliseconds(500), handshakeTimeout: Duration = .seconds(10),
        release2: Bool = false
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.limits = limits
        self.maximumConnections = maximumConnections
        self.maximumConnectionsPerAddress = maximumConnectionsPerAddress
        self.idleTimeout = idleTimeout
        self.carriageReturnTimeout = carriageReturnTimeout
        self.handshakeTimeout = handshakeTimeout
        self.release2 = release2
    }
}
