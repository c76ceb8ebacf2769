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
    /// Messages written as replies.
    public internal(set) var replies = 0
    /// Commit acknowledgements written (release 2 only).
    public internal(set) var commits = 0
    /// Negative commit acknowledgements written (release 2 only).
    public internal(set) var negativeCommits = 0
    /// Commit acknowledgements of the peer for replies (release 2 only); they are no frames.
    public internal(set) var peerCommits = 0
    /// Negative commit acknowledgements of the peer for replies (release 2 only).
    public internal(set) var peerNegativeCommits = 0
    /// Frames whose answer found the connection gone, or was not taken.
    public internal(set) var undeliverableReplies = 0
    /// Frames whose acknowledgement the gateway withheld.
    public internal(set) var withheldReplies = 0
    /// Refusals by reason.
    public internal(set) var refusals: [RefusedBytes.Reason: Int] = [:]

    /// All zero.
    public init() {}
}

extension ListenerCounters {
    /// An answer that was due; `isWritten` tells whether the socket took the whole of it.
    mutating func note(_ reply: FrameReply, isWritten: Bool, release2: Bool) {
        guard let content = reply.content(release2: release2) else {
            if reply.closes(release2: release2) { withheldReplies += 1 }
            return
        }
        guard isWritten else { return undeliverableReplies += 1 }
        if content.message != nil { replies += 1 }
        switch content.commit {
        case ControlByte.acknowledge: commits += 1
        case ControlByte.negativeAcknowledge: negativeCommits += 1
        default: break
        }
    }
}
