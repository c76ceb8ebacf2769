/// What the gateway answers to one frame.
public enum FrameReply: Sendable, Equatable {
    /// Send these bytes, framed by the listener; with release 2, after a positive commit acknowledgement.
    case reply([UInt8])
    /// Send nothing, with release 2 the positive commit acknowledgement only, and read on.
    case none
    /// Withhold the acknowledgement and close: the sender keeps the message and tries again later.
    case close
    /// MLLP release 2: send the commit acknowledgement, and `then`, where there is one, in a frame of its own.
    ///
    /// A listener of release 1 has no commit acknowledgement: it sends `then`, and closes where neither was to be sent
    /// for a message that is not stored.
    case commit(isStored: Bool, then: [UInt8]?)
}

extension FrameReply {
    /// What is written of it; nil when nothing is.
    func content(release2: Bool) -> (commit: UInt8?, message: [UInt8]?)? {
        switch self {
        case .close: nil
        case .none: release2 ? (ControlByte.acknowledge, nil) : nil
        case .reply(let bytes): (release2 ? ControlByte.acknowledge : nil, bytes)
        case .commit(let isStored, let then):
            release2
                ? (isStored ? ControlByte.acknowledge : ControlByte.negativeAcknowledge, then)
                : then.map { (nil, $0) }
        }
    }

    /// Whether the connection is closed instead of an answer.
    func closes(release2: Bool) -> Bool {
        switch self {
        case .close: true
        case .commit(isStored: false, then: nil): !release2
        case .commit, .reply, .none: false
        }
    }
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
