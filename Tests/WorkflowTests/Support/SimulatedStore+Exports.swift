import Audit
import Workflow

extension SimulatedStore: ExportStore {
    func leaseExport(
        to destination: String, now: Timestamp, for duration: Duration
    ) async throws(AdapterError) -> (ExportJob, Lease)? {
        try await call { () async throws(AdapterError) in
            try await inner.leaseExport(to: destination, now: now, for: duration)
        }
    }

    func writeExport(
        _ job: ExportJob, lease: Lease, ends: Bool, records: [AuditRecord]
    ) async throws(AdapterError) {
        try await call(records) { () async throws(AdapterError) in
            try await inner.writeExport(job, lease: lease, ends: ends, records: records)
        }
    }

    func export(_ id: ExportID) async throws(AdapterError) -> ExportJob? { try await inner.export(id) }

    func exports(_ filter: ExportFilter) async throws(AdapterError) -> [ExportJob] { try await inner.exports(filter) }

    func updateExport(
        _ id: ExportID, change: @escaping @Sendable (ExportJob) -> (ExportJob, [AuditRecord])?
    ) async throws(AdapterError) -> ExportJob? {
        try await call { () async throws(AdapterError) in try await inner.updateExport(id, change: change) }
    }

    func exportCounts() async throws(AdapterError) -> ExportCounts { try await inner.exportCounts() }
}
