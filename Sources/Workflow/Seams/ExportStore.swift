public import Audit

/// Narrows a listing of exports.
public struct ExportFilter: Sendable {
    public var states: [ExportJob.State]
    /// Only those of this order.
    public var order: OrderID?
    public var limit: Int

    public init(states: [ExportJob.State] = [], order: OrderID? = nil, limit: Int = 200) {
        self.states = states
        self.order = order
        self.limit = limit
    }
}

/// Where exports are kept: each call is one durable commit, audit records included.
///
/// Exports are added by the commit that makes an order delivered (`StoredOrder.takeExports`), in whichever way that
/// happens. What an earlier delivery of the order still wanted to send to the same place is discarded by it.
public protocol ExportStore: Sendable {
    /// Leases the export to `destination` that has been due longest; `nil` when none is due, and as long as an order is
    /// due and in nobody's hands: the clinical work goes first.
    func leaseExport(
        to destination: String, now: Timestamp, for duration: Duration
    ) async throws(AdapterError) -> (ExportJob, Lease)?

    /// Writes what the export becomes with its records; `ends` ends the lease too. Throws `conflict` when the lease was
    /// lost, or the export was taken back meanwhile.
    func writeExport(
        _ job: ExportJob, lease: Lease, ends: Bool, records: [AuditRecord]
    ) async throws(AdapterError)

    /// One export; `nil` where there is none, or its patient's keys were destroyed.
    func export(_ id: ExportID) async throws(AdapterError) -> ExportJob?

    /// Exports, newest first.
    func exports(_ filter: ExportFilter) async throws(AdapterError) -> [ExportJob]

    /// Changes an export outside a lease (operator commands) and takes a running lease away: `change` returns `nil` to
    /// leave it alone.
    func updateExport(
        _ id: ExportID, change: @escaping @Sendable (ExportJob) -> (ExportJob, [AuditRecord])?
    ) async throws(AdapterError) -> ExportJob?

    /// How many exports are in which state, for metrics, and since when the oldest pending one waits.
    func exportCounts() async throws(AdapterError) -> ExportCounts
}

/// Counts without any patient data.
public struct ExportCounts: Sendable, Equatable {
    public var exports: [ExportJob.State: Int]
    public var oldestPending: Timestamp?

    public init(exports: [ExportJob.State: Int] = [:], oldestPending: Timestamp? = nil) {
        self.exports = exports
        self.oldestPending = oldestPending
    }
}
