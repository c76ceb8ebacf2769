/// What the gateway answers to one frame.
public enum FrameReply: Sendable, Equatable {
    /// Send these bytes, framed by the listener.
    case reply([UInt8])
    /// Send nothing and read on.
    case none
    /// Withhold the acknowledgement and close: the sender keeps the message and tries again later.
    case close
}

/// One frame with the connection it came on.
public struct ReceivedFrame: Sendable, Equatable {
    /// The content of the frame.
    public let bytes: [UInt8]
    /// Who sent it.
    public let connection: ConnectionIdentity

    /// A frame as received.
    public init(bytes: [UInt8], connection: ConnectionIdentity) {
        self.bytes = bytes
        self.connection = connection
    }
}

extension ReceivedFrame: CustomStringConvertible, CustomReflectable {
    /// The size only: the content is a message about a patient.
    public var description: String { "ReceivedFrame(\(bytes.count) bytes, <redacted>)" }
    /// No children: nothing of the content reaches a dump.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
