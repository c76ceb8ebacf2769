public import OutboundHTTP

/// Where syslog messages go, and who their header says they come from.
public struct SyslogSettings: Sendable, Equatable {
    /// The receiver's host, which its certificate must name.
    public var host: String
    /// The receiver's port. Default 6514 (RFC 5425 §4.1).
    public var port: Int
    /// TLS, mutual where it has an identity; nil for octet counting over plain TCP (RFC 6587), for loopback. The files
    /// are read for each connection, so that new ones are used without restart.
    public var tls: ClientTLS?
    /// HOSTNAME of the header: this machine's name as the repository's operator knows it.
    public var hostName: String
    /// APP-NAME of the header. Default `imaging-gateway`.
    public var applicationName: String
    /// PROCID of the header.
    public var processID: String
    /// Whether a byte order mark stands before the message. Default true, as RFC 5424 §6.4 wants it for UTF-8.
    public var hasByteOrderMark: Bool
    /// The longest wait for a connection. Default 10 s.
    public var connectTimeout: Duration
    /// The longest delivery: handshake, messages, and the receiver's answer to the end. Default 30 s.
    public var deliveryTimeout: Duration

    /// Settings with the gateway's defaults.
    public init(
        host: String, port: Int = 6514, tls: ClientTLS?, hostName: String,
        applicationName: String = "imaging-gateway", processID: String = "-", hasByteOrderMark: Bool = true,
        connectTimeout: Duration = .seconds(10), deliveryTimeout: Duration = .seconds(30)
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.hostName = hostName
        self.applicationName = applicationName
        self.processID = processID
        self.hasByteOrderMark = hasByteOrderMark
        self.connectTimeout = connectTimeout
        self.deliveryTimeout = deliveryTimeout
    }
}
