public import Audit
import GRDB
public import Workflow

extension SQLiteStore: ExportStore {
    public func leaseExport(
        to destination: String, now: Timestamp, for duration: Duration
    ) async throws(AdapterError) -> (ExportJob, Lease)? {
        let isDue = { @Sendable (transaction: StoreTransaction) in
            try transaction.dueExport(to: destination, now: now) != nil
        }
        guard try await self.isDue(.exports(destination), now: now, isDue) else { return nil }
        return try await change { try $0.leaseExport(to: destination, now: now, for: duration) }
    }

    public func writeExport(
        _ job: ExportJob, lease: Lease, ends: Bool, records: [AuditRecord]
    ) async throws(AdapterError) {
        try await change { transaction in
            try transaction.write(job, lease: lease, ends: ends)
            _ = try transaction.append(records)
        }
    }

    public func export(_ id: ExportID) async throws(AdapterError) -> ExportJob? {
        try await read { try $0.export(id) }
    }

    public func exports(_ filter: ExportFilter) async throws(AdapterError) -> [ExportJob] {
        try await read { try $0.exports(filter) }
    }

    public func updateExport(
        _ id: ExportID, change: @escaping @Sendable (ExportJob) -> (ExportJob, [AuditRecord])?
    ) async throws(AdapterError) -> ExportJob? {
        try await self.change { transaction -> ExportJob? in
            guard let job = try transaction.export(id) else { return nil }
            guard let (changed, records) = change(job) else { return job }
            try transaction.write(changed)
            _ = try transaction.append(records)
            return changed
        }
    }

    /// Ends the leases of one archive's exports, which are due again at once: for its one loop, after the store failed it.
    public func endExportLeases(to destination: String) async throws(AdapterError) {
        try await change { transaction in
            transaction.batch.wakes = true
            try transaction.execute(
                "UPDATE exports SET fence = fence + 1, lease_until = 0 WHERE lease_until > 0 AND destination = ?",
                [destination])
        }
    }

    public func exportCounts() async throws(AdapterError) -> ExportCounts { try await read { try $0.exportCounts() } }
}
