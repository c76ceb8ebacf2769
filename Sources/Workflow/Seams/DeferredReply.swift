/// An application acknowledgment that the sender expects later, as a message of its own at its own address.
public struct DeferredReply: Sendable, Equatable {
    /// The name of the destination it goes to, as `MessageSource.deferredDestination` has it.
    public let destination: String
    /// The acknowledgment message.
    public let payload: [UInt8]

    public init(destination: String, payload: [UInt8]) {
        self.destination = destination
        self.payload = payload
    }
}

/// A deferred reply as the store keeps it until it is delivered.
public struct PendingReply: Sendable, Equatable {
    public let id: Int64
    public let reply: DeferredReply
    public let attempts: Int
    public let firstAttempt: Timestamp?
    public let nextAttempt: Timestamp
    public let created: Timestamp

    public init(
        id: Int64, reply: DeferredReply, attempts: Int, firstAttempt: Timestamp?, nextAttempt: Timestamp,
        created: Timestamp
    ) {
        self.id = id
        self.reply = reply
        self.attempts = attempts
        self.firstAttempt = firstAttempt
        self.nextAttempt = nextAttempt
        self.created = created
    }
}
