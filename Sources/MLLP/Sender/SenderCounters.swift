internal import Synchronization

/// Counts since the client was made, for metrics. All numbers only grow except ``openConnections``.
public struct SenderCounters: Sendable, Equatable {
    /// Connections open at this moment, as far as is known.
    public internal(set) var openConnections = 0
    /// Connections made.
    public internal(set) var connections = 0
    /// Attempts that made no connection, TLS included.
    public internal(set) var failedConnections = 0
    /// Messages written.
    public internal(set) var sent = 0
    /// Messages that got their reply.
    public internal(set) var replies = 0
    /// Frames that were no reply to the message in flight, or came while none was: counted and dropped.
    public internal(set) var foreignFrames = 0
    /// Bytes of the receiver that were no frame.
    public internal(set) var malformed = 0
    /// Messages whose reply did not come in time.
    public internal(set) var timeouts = 0

    /// All zero.
    public init() {}
}

/// The counts that a sender and its connections share.
final class SenderCounts: Sendable {
    private let counters = Mutex(SenderCounters())

    var value: SenderCounters { counters.withLock { $0 } }

    func count(_ change: (inout SenderCounters) -> Void) {
        counters.withLock { change(&$0) }
    }
}
