public import Audit
import GRDB
public import Workflow

/// Legal holds.
extension SQLiteStore {
    /// Sets a hold; `records` tells of it in the same transaction. Until it is removed nothing that it covers is
    /// shredded or expires.
    /// - Parameter subject: a patient with all that was merged with it, or another subject; everything where nil.
    /// - Throws: `incorrect` `hold.code` for a code that is none.
    public func setHold(
        _ subject: Subject?, code: String, at now: Timestamp, records: [AuditRecord]
    ) async throws(AdapterError) -> LegalHold {
        guard LegalHold.isCode(code) else { throw AdapterError(store: StoreFailure.holdCode) }
        return try await change { transaction in
            _ = try transaction.append(records)
            return try transaction.setHold(subject, code: code, now: now)
        }
    }

    /// Removes a hold; `records` tells of it in the same transaction.
    /// - Throws: `notFound` where there is none of this id.
    public func removeHold(_ id: String, records: [AuditRecord]) async throws(AdapterError) {
        try await change { transaction in
            try transaction.execute("DELETE FROM legal_hold WHERE id = ?", [id])
            guard transaction.db.changesCount > 0 else { throw StoreFailure.rowMissing }
            _ = try transaction.append(records)
        }
    }

    /// All holds, oldest first.
    public func legalHolds() async throws(AdapterError) -> [LegalHold] { try await read { try $0.holds() } }
}
