public import Workflow

/// Sends syslog messages over TLS (RFC 5425), each call over a connection of its own.
///
/// Syslog has no acknowledgment. What counts as sent is what ``DeliveryProof`` proves: the receiver read everything and
/// ended the connection in answer to our end. Without that proof the caller sends again, so that a message may arrive
/// twice but is not missed.
public struct SyslogSender: Sendable {
    /// The receiver's configured name, the first part of error codes.
    public let name: String
    private let settings: SyslogSettings

    /// A sender to one receiver.
    public init(name: String, settings: SyslogSettings) {
        self.name = name
        self.settings = settings
    }

    /// Sends messages in their order and returns once the receiver has read all of them.
    ///
    /// - Throws: `unavailable` `<name>.connect`, `.connect.timeout`, `.tls` where nothing was read; `interrupted`
    ///   `<name>.connection`, `.timeout` where it is not known what was; `fault` `<name>.tlsFile`.
    public func send(_ messages: [SyslogMessage]) async throws(AdapterError) {
        guard !messages.isEmpty else { return }
        let frames = messages.reduce(into: [UInt8]()) { $0 += $1.frame(settings) }
        try await SyslogConnection(name: name, settings: settings).deliver(frames)
    }
}
