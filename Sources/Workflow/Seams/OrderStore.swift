public import Audit
public import Mapping
public import Sealing

/// What arrived from a peer, kept sealed as raw bytes.
public struct ReceivedMessage: Sendable {
    /// The raw bytes as they came.
    public let bytes: [UInt8]
    /// The source's configured name.
    public let source: String
    /// Identifies a resend: for HL7 v2 MSH-3, MSH-4 and MSH-10; `nil` when the message has no usable key.
    public let deduplicationKey: String?
    public let received: Timestamp

    public init(bytes: [UInt8], source: String, deduplicationKey: String?, received: Timestamp) {
        self.bytes = bytes
        self.source = source
        self.deduplicationKey = deduplicationKey
        self.received = received
    }

    /// Digest over the raw bytes; together with the key it tells a resend from a reused control id.
    public var digest: Digest { Digest.sha256(bytes) }
}

/// What `OrderStore.accept` looks up before it decides.
public struct Intake: Sendable {
    public let message: ReceivedMessage
    /// Order keys; an order that shares any of them is found.
    public let keys: [OrderKey]
    /// The study the message names, if any: links, but is no order key.
    public let studyInstanceUID: String?

    public init(message: ReceivedMessage, keys: [OrderKey], studyInstanceUID: String?) {
        self.message = message
        self.keys = keys
        self.studyInstanceUID = studyInstanceUID
    }
}

/// What the store found for an intake, inside the transaction that will write the decision.
public struct IntakeFindings: Sendable {
    /// Orders, notices and tombstones that share a key with the message.
    public let byKey: [StoredOrder]
    /// Further rows linked to the same study.
    public let byStudy: [StoredOrder]
    /// The positive acknowledgment stored for the same key and digest within the replay time, if any.
    public let replay: [UInt8]?

    public init(byKey: [StoredOrder], byStudy: [StoredOrder], replay: [UInt8]?) {
        self.byKey = byKey
        self.byStudy = byStudy
        self.replay = replay
    }
}

/// What is written in the accepting commit.
public struct IntakeDecision: Sendable {
    /// Rows to insert or replace by id. Their keys (of `content.order`) are added to what the row already has.
    public var orders: [StoredOrder]
    /// Keys to bind to an order beside those of its content.
    public var additionalKeys: [OrderID: [OrderKey]]
    /// Studies to link to an order.
    public var studies: [OrderID: String]
    /// Orders whose unsent outbox entries are withdrawn; an entry that is leased right now is left to its outcome.
    public var withdrawn: [OrderID]
    public var records: [AuditRecord]
    /// The reply to send after the commit; `nil` sends none.
    public var reply: [UInt8]?
    /// Whether the reply is positive and so is repeated to a resend.
    public var isReplayable: Bool

    public init(
        orders: [StoredOrder] = [], additionalKeys: [OrderID: [OrderKey]] = [:], studies: [OrderID: String] = [:],
        withdrawn: [OrderID] = [], records: [AuditRecord] = [], reply: [UInt8]? = nil, isReplayable: Bool = false
    ) {
        self.orders = orders
        self.additionalKeys = additionalKeys
        self.studies = studies
        self.withdrawn = withdrawn
        self.records = records
        self.reply = reply
        self.isReplayable = isReplayable
    }
}

/// The right to change one order or outbox entry until `expires`; a commit with an older fence fails with `conflict`.
public struct Lease: Sendable, Hashable {
    public let fence: Int64
    public let expires: Timestamp

    public init(fence: Int64, expires: Timestamp) {
        self.fence = fence
        self.expires = expires
    }
}

/// Narrows a listing of orders.
public struct OrderFilter: Sendable {
    public var states: [OrderState]
    public var key: OrderKey?
    public var limit: Int

    public init(states: [OrderState] = [], key: OrderKey? = nil, limit: Int = 200) {
        self.states = states
        self.key = key
        self.limit = limit
    }
}

/// Where orders, outbox and audit leaves are kept: each call is one durable commit, audit records included.
///
/// If the audit record cannot be written, nothing is. Errors: `busy` (full disk, locked), `conflict` (lost lease),
/// `fault` (damaged or unreadable).
public protocol OrderStore: Sendable {
    /// Looks up, lets `decide` choose and writes message, orders and records in one commit; returns after the sync.
    ///
    /// `decide` must be pure: it may run again when the transaction is repeated.
    func accept(
        _ intake: Intake, decide: @escaping @Sendable (IntakeFindings) -> IntakeDecision
    ) async throws(AdapterError) -> IntakeDecision

    /// Keeps bytes that are no message (garbage, truncated frames), sealed and within the quota, with their record.
    func keep(_ message: ReceivedMessage, records: [AuditRecord]) async throws(AdapterError)

    /// Appends audit records and returns their leaf indexes in order.
    @discardableResult
    func record(_ records: [AuditRecord]) async throws(AdapterError) -> [UInt64]

    /// Leases the order in `accepted` or `waiting` that has been due longest; `nil` when none is due.
    func leaseOrder(now: Timestamp, for duration: Duration) async throws(AdapterError) -> (StoredOrder, Lease)?

    /// Writes the order with its records and new outbox entries and ends the lease; unsent older entries of the same
    /// destination are withdrawn. Throws `conflict` when the lease was lost or a message changed the order meanwhile
    /// (`accept` and `update` take a running lease away).
    func finish(
        _ order: StoredOrder, lease: Lease, study: String?, outbox: [OutboxDraft], records: [AuditRecord]
    ) async throws(AdapterError)

    /// Merges a notice into the order that it belongs to: keys and study move, the notice's row ends.
    func adopt(notice: OrderID, lease: Lease, keys: [OrderKey], now: Timestamp, records: [AuditRecord])
        async throws(AdapterError) -> Bool

    /// Leases the oldest pending entry that is due, one per order and destination at a time.
    func leaseOutboxEntry(now: Timestamp, for duration: Duration) async throws(AdapterError) -> (OutboxEntry, Lease)?

    /// Ends the lease with the entry's new state (`pending` = try again at `nextAttempt`) and the records; `change`
    /// sees the order as it is inside the same transaction (it may have been cancelled meanwhile) and returns what it
    /// becomes, or `nil` to leave it. Throws `conflict` when the lease was lost.
    func finishOutboxEntry(
        _ entry: OutboxEntry, lease: Lease, state: OutboxEntry.State, nextAttempt: Timestamp, records: [AuditRecord],
        change: @escaping @Sendable (StoredOrder) -> StoredOrder?
    ) async throws(AdapterError)

    /// One order, or `nil`.
    func order(_ id: OrderID) async throws(AdapterError) -> StoredOrder?

    /// Orders, newest first.
    func orders(_ filter: OrderFilter) async throws(AdapterError) -> [StoredOrder]

    /// Changes an order outside a lease (operator commands): `change` returns `nil` to leave it alone.
    func update(
        _ id: OrderID, change: @escaping @Sendable (StoredOrder) -> (StoredOrder, [AuditRecord])?
    ) async throws(AdapterError) -> StoredOrder?

    /// Turns held entries created at or after `since` into pending ones; returns how many.
    func releaseHeld(since: Timestamp, now: Timestamp, records: [AuditRecord]) async throws(AdapterError) -> Int

    /// Counts for metrics: orders by state, outbox entries by state and the age of the oldest pending one.
    func counts() async throws(AdapterError) -> StoreCounts
}

/// Counts without any patient data.
public struct StoreCounts: Sendable, Equatable {
    public var orders: [OrderState: Int]
    public var outbox: [OutboxEntry.State: Int]
    public var oldestPending: Timestamp?
    public var leaves: UInt64
    public var keptMessages: Int

    public init(
        orders: [OrderState: Int] = [:], outbox: [OutboxEntry.State: Int] = [:], oldestPending: Timestamp? = nil,
        leaves: UInt64 = 0, keptMessages: Int = 0
    ) {
        self.orders = orders
        self.outbox = outbox
        self.oldestPending = oldestPending
        self.leaves = leaves
        self.keptMessages = keptMessages
    }
}
