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
    /// Digest over the raw bytes; together with the key it tells a resend from a reused control id.
    public let digest: Digest

    public init(bytes: [UInt8], source: String, deduplicationKey: String?, received: Timestamp) {
        self.bytes = bytes
        self.source = source
        self.deduplicationKey = deduplicationKey
        self.received = received
        digest = Digest.sha256(bytes)
    }
}

/// What `OrderStore.accept` looks up before it decides.
public struct Intake: Sendable {
    public let message: ReceivedMessage
    /// Order keys; an order that shares any of them is found.
    public let keys: [OrderKey]
    /// The studies that the message names: they link, but are no order keys.
    public let studies: [String]
    /// The patients that the message names, without type codes: what they were merged into is looked up.
    public let patients: [AssignedIdentifier]
    /// Whether all orders of these patients are looked up too (ADT): an order message does not need them.
    public let wantsOrdersOfPatients: Bool

    public init(
        message: ReceivedMessage, keys: [OrderKey], studies: [String] = [], patients: [AssignedIdentifier] = [],
        wantsOrdersOfPatients: Bool = false
    ) {
        self.message = message
        self.keys = keys
        self.studies = studies
        self.patients = patients.map(\.withoutType)
        self.wantsOrdersOfPatients = wantsOrdersOfPatients
    }
}

/// What the store found for an intake, inside the transaction that will write the decision.
public struct IntakeFindings: Sendable {
    /// Every row that any of the maps below names, once, oldest first: orders, notices and tombstones.
    public let orders: [StoredOrder]
    /// Which row has a key.
    public let keys: [OrderKey: OrderID]
    /// The rows that are linked to a study.
    public let studies: [String: [OrderID]]
    /// The orders whose `content.order.patient` has the identifier, or the one it was merged into; only where
    /// `wantsOrdersOfPatients`.
    public let patients: [AssignedIdentifier: [OrderID]]
    /// What an identifier of `Intake.patients` was merged into, chains resolved to their end; absent if into nothing.
    public let survivors: [AssignedIdentifier: AssignedIdentifier]
    /// The positive acknowledgment stored for the same key and digest within the replay time, if any.
    public let replay: [UInt8]?

    public init(
        orders: [StoredOrder] = [], keys: [OrderKey: OrderID] = [:], studies: [String: [OrderID]] = [:],
        patients: [AssignedIdentifier: [OrderID]] = [:], survivors: [AssignedIdentifier: AssignedIdentifier] = [:],
        replay: [UInt8]? = nil
    ) {
        self.orders = orders
        self.keys = keys
        self.studies = studies
        self.patients = patients
        self.survivors = survivors
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
    public var studies: [OrderID: [String]]
    /// Orders whose unsent outbox entries are withdrawn; an entry that is leased right now is left to its outcome.
    public var withdrawn: [OrderID]
    /// Orders whose report is to be withdrawn where it went out: for each destination whose last finished report entry
    /// was delivered and not yet withdrawn, an entry of kind `withdrawal` is added with a copy of that payload, sealed
    /// anew. A report entry that is leased right now is treated so as soon as it ends as delivered. Nothing is added
    /// where nothing went out.
    public var retractions: [OrderID]
    /// Merges to remember for orders that come later, in this order. A merge whose survivor had itself been merged
    /// away takes that earlier one back, so that no chain runs in a circle.
    public var merges: [PatientMerge]
    public var records: [AuditRecord]
    /// The reply to send after the commit; `nil` sends none.
    public var reply: [UInt8]?
    /// Whether the reply is positive and so is repeated to a resend.
    public var isReplayable: Bool
    /// An acknowledgment that is sent later, as a message of its own.
    public var deferredReply: DeferredReply?
    /// How the message is counted; not stored.
    public var label: String

    public init(
        orders: [StoredOrder] = [], additionalKeys: [OrderID: [OrderKey]] = [:], studies: [OrderID: [String]] = [:],
        withdrawn: [OrderID] = [], retractions: [OrderID] = [], merges: [PatientMerge] = [],
        records: [AuditRecord] = [], reply: [UInt8]? = nil, isReplayable: Bool = false,
        deferredReply: DeferredReply? = nil, label: String = ""
    ) {
        self.orders = orders
        self.additionalKeys = additionalKeys
        self.studies = studies
        self.withdrawn = withdrawn
        self.retractions = retractions
        self.merges = merges
        self.records = records
        self.reply = reply
        self.isReplayable = isReplayable
        self.deferredReply = deferredReply
        self.label = label
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
    /// The message is sealed for all patients of the intake and of the orders written: a decision that writes no order,
    /// because nothing changed, must not put it out of reach of shredding.
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

    /// Leases the oldest pending entry of the lane that is due, one per order and destination at a time.
    ///
    /// An entry that was withdrawn after its first try began (`firstAttempt` is set) is not simply withdrawn: what came
    /// of that try is not known. It is leased again with `isWithdrawn`, and ends when the deliverer has found out.
    func leaseOutboxEntry(
        now: Timestamp, for duration: Duration, lane: DeliveryLane
    ) async throws(AdapterError) -> (OutboxEntry, Lease)?

    /// Ends the lease with the entry's new state (`pending` = try again at `nextAttempt`) and the records; `change`
    /// sees the order as it is inside the same transaction (it may have been cancelled meanwhile), and whether the entry
    /// was withdrawn meanwhile, and returns what the order becomes, or `nil` to leave it. Throws `conflict` when the lease was lost.
    func finishOutboxEntry(
        _ entry: OutboxEntry, lease: Lease, state: OutboxEntry.State, nextAttempt: Timestamp, records: [AuditRecord],
        change: @escaping @Sendable (_ order: StoredOrder, _ isWithdrawn: Bool) -> StoredOrder?
    ) async throws(AdapterError)

    /// One order, or `nil`.
    func order(_ id: OrderID) async throws(AdapterError) -> StoredOrder?

    /// Orders, newest first.
    func orders(_ filter: OrderFilter) async throws(AdapterError) -> [StoredOrder]

    /// Changes an order outside a lease (operator commands): `change` returns `nil` to leave it alone.
    func update(
        _ id: OrderID, change: @escaping @Sendable (StoredOrder) -> (StoredOrder, [AuditRecord])?
    ) async throws(AdapterError) -> StoredOrder?

    /// Keeps a certificate of de-identification beside its order.
    func keep(_ certificate: StoredCertificate) async throws(AdapterError)

    /// The certificates of an order, oldest first; without those whose patient was shredded.
    func certificates(of order: OrderID) async throws(AdapterError) -> [StoredCertificate]

    /// Leases the oldest pending deferred reply that is due, one per destination at a time; `nil` when none is.
    func leaseReply(now: Timestamp, for duration: Duration) async throws(AdapterError) -> (PendingReply, Lease)?

    /// Ends the lease with the reply's new state: `pending` (again at `nextAttempt`), `delivered` or `failed`. Throws
    /// `conflict` when the lease was lost.
    func finishReply(
        _ reply: PendingReply, lease: Lease, state: OutboxEntry.State, nextAttempt: Timestamp, records: [AuditRecord]
    ) async throws(AdapterError)

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
