/// A composed report on its way to one destination.
public struct OutboxEntry: Sendable, Equatable {
    /// The life of an entry; `held` waits for an operator to turn delivery on (shadow mode).
    public enum State: String, Sendable, CaseIterable {
        case held, pending, delivered, withdrawn, failed
    }

    /// What an entry is for.
    public enum Kind: String, Sendable, CaseIterable {
        /// A report, or a new version of it.
        case report
        /// The payload is a report that went out: it is to be marked as entered in error.
        case withdrawal
    }

    public let id: Int64
    public let order: OrderID
    /// The destination's configured name, such as `ehr`.
    public let destination: String
    public let kind: Kind
    public let state: State
    /// What is sent: for a FHIR destination the serialized transaction.
    public let payload: [UInt8]
    public let attempts: Int
    public let firstAttempt: Timestamp?
    public let nextAttempt: Timestamp
    public let created: Timestamp
    /// Whether it was withdrawn after its first try began: nothing is sent any more, but whether something went out
    /// has to be found out.
    public let isWithdrawn: Bool

    public init(
        id: Int64, order: OrderID, destination: String, kind: Kind = .report, state: State, payload: [UInt8],
        attempts: Int, firstAttempt: Timestamp?, nextAttempt: Timestamp, created: Timestamp, isWithdrawn: Bool = false
    ) {
        self.id = id
        self.order = order
        self.destination = destination
        self.kind = kind
        self.state = state
        self.payload = payload
        self.attempts = attempts
        self.firstAttempt = firstAttempt
        self.nextAttempt = nextAttempt
        self.created = created
        self.isWithdrawn = isWithdrawn
    }
}

/// A new outbox entry, as the compose step hands it to the store.
public struct OutboxDraft: Sendable, Equatable {
    public let destination: String
    public let kind: OutboxEntry.Kind
    public let payload: [UInt8]
    /// `true` in shadow mode: the entry is kept but not sent.
    public let isHeld: Bool

    public init(destination: String, kind: OutboxEntry.Kind = .report, payload: [UInt8], isHeld: Bool) {
        self.destination = destination
        self.kind = kind
        self.payload = payload
        self.isHeld = isHeld
    }
}
