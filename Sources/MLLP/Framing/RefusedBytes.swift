/// Bytes of a peer that did not become a frame. No reply is due for them; the operator gets what was kept.
public struct RefusedBytes: Sendable, Equatable {
    /// Why there is no frame. The raw values are stable.
    public enum Reason: String, Sendable, CaseIterable {
        /// Bytes outside a frame.
        case junk
        /// A new SB, or the end of the connection, came before EB.
        case truncated
        /// The content is longer than ``FrameLimits/maximumFrame``.
        case oversize
        /// EB stood inside the content, where it may not occur: what precedes it must not pass for a whole message.
        case endBlockInContent
        /// The TLS handshake failed or did not end in time; there are no bytes.
        case tls = "handshakeFailed"
    }

    /// Why there is no frame.
    public let reason: Reason
    /// The first bytes, at most ``FrameLimits/maximumKept``.
    public let bytes: [UInt8]
    /// How many bytes there were when they were refused.
    public let count: Int
    /// Whether the connection is given up with this refusal.
    public let endsConnection: Bool
    /// Who sent them; nil from a decoder that stands alone.
    public internal(set) var connection: ConnectionIdentity?
    /// What the TLS library says, in one word of its own such as `CERTIFICATE_VERIFY_FAILED`; nil for other reasons.
    public internal(set) var detail: String?

    /// A refusal.
    public init(reason: Reason, bytes: [UInt8], count: Int, endsConnection: Bool = false) {
        self.reason = reason
        self.bytes = bytes
        self.count = count
        self.endsConnection = endsConnection
    }
}

extension RefusedBytes: CustomStringConvertible, CustomReflectable {
    /// Reason and size only: the bytes may be part of a message about a patient.
    public var description: String { "RefusedBytes(\(reason.rawValue), \(count) bytes, <redacted>)" }
    /// No children: nothing of the bytes reaches a dump.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
