public import Audit

/// An application acknowledgment that the sender expects later, as a message of its own at its own address.
public struct DeferredReply: Sendable, Equatable {
    /// The name of the destination it goes to, as `MessageSource.deferredDestination` has it.
    public let destination: String
    /// As the store keeps it: the correlation of the order that the message made, a line feed, the acknowledgment.
    public let payload: [UInt8]

    /// One that was stored; without a correlation where an older version wrote it.
    public init(destination: String, payload: [UInt8]) {
        self.destination = destination
        self.payload = payload
    }

    init(destination: String, message: [UInt8], correlation: CorrelationID? = nil) {
        let prefix = correlation.map { Array($0.value.utf8) + [Self.separator] } ?? []
        self.init(destination: destination, payload: prefix + message)
    }

    func correlated(with correlation: CorrelationID?) -> DeferredReply {
        DeferredReply(destination: destination, message: message, correlation: correlation)
    }

    private static let separator: UInt8 = 0x0A
    /// Where the acknowledgment begins: HL7 ends its segments with a carriage return, and none of ours has a line feed.
    private var start: Int { payload.firstIndex(of: Self.separator).map { $0 + 1 } ?? 0 }

    /// The acknowledgment message.
    public var message: [UInt8] { Array(payload[start...]) }

    /// The correlation of what the acknowledged message made.
    public var correlation: CorrelationID? {
        start == 0 ? nil : CorrelationID(value: String(decoding: payload[..<(start - 1)], as: UTF8.self))
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
