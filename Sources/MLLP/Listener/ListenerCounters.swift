/// Counts since the listener was made, for metrics and health. All numbers only grow except ``openConnections``.
public struct ListenerCounters: Sendable, Equatable {
    /// Connections served at this moment.
    public internal(set) var openConnections = 0
    /// Connections accepted and served.
    public internal(set) var acceptedConnections = 0
    /// Connections closed at once because the limit, in all or of one address, was reached.
    public internal(set) var refusedConnections = 0
    /// Connections closed because nothing complete came in time.
    public internal(set) var idleConnections = 0
    /// Frames handed over.
    public internal(set) var frames = 0
    /// Frames that ended without their CR.
    public internal(set) var framesWithoutCarriageReturn = 0
    /// Replies written.
    public internal(set) var replies = 0
    /// Frames whose reply found the connection gone.
    public internal(set) var undeliverableReplies = 0
    /// Frames whose acknowledgement the gateway withheld.
    public internal(set) var withheldReplies = 0
    /// Refusals by reason.
    public internal(set) var refusals: [RefusedBytes.Reason: Int] = [:]

    /// All zero.
    public init() {}
}

extension ListenerCounters {
    mutating func note(_ reply: FrameReply) {
        switch reply {
        case .reply: replies += 1
        case .close: withheldReplies += 1
        case .none: break
        }
    }
}
