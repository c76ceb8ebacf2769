/// Decides whether a receiver of syslog has read what it was sent, which the protocol itself never says.
///
/// After the last message this side ends its stream (RFC 5425 §4.4). A receiver that reads that end ends the connection
/// in turn: it has read everything before. A receiver that dies instead, or closes for a reason of its own, leaves bytes
/// unread; then its system answers with a reset instead of an orderly end, or has acknowledged fewer bytes than were
/// sent. So an orderly end with every message acknowledged proves that all were read by the receiver's program, and
/// everything else proves nothing and is sent again.
struct DeliveryProof {
    /// Why nothing is proved.
    enum Failure: Error, Equatable {
        case tls, reset, timeout, ended
    }

    private enum State {
        case writing
        case closing(tail: Int)
        case decided
    }

    private var state = State.writing

    /// Whether this side has ended its stream and waits for the other.
    var isClosing: Bool { if case .closing = state { true } else { false } }

    /// This side ends its stream: what is written from here on is no message.
    mutating func beginClosing() {
        // The end of a TCP stream counts as one byte.
        if case .writing = state { state = .closing(tail: 1) }
    }

    /// So many bytes were given to the system.
    mutating func wrote(_ count: Int) {
        if case .closing(let tail) = state { state = .closing(tail: tail + count) }
    }

    /// The receiver ended its stream in order.
    /// - Parameter unacknowledged: how many bytes its system has not acknowledged; nil where that is not known.
    /// - Returns: the decision, once.
    mutating func receiverEnded(unacknowledged: Int?) -> Result<Void, Failure>? {
        switch state {
        case .writing:
            state = .decided
            return .failure(.ended)
        case .closing(let tail):
            state = .decided
            guard let unacknowledged, unacknowledged <= tail else { return .failure(.ended) }
            return .success(())
        case .decided: return nil
        }
    }

    /// Something broke.
    /// - Returns: the decision, once.
    mutating func failed(_ failure: Failure) -> Result<Void, Failure>? {
        if case .decided = state { return nil }
        state = .decided
        return .failure(failure)
    }
}
