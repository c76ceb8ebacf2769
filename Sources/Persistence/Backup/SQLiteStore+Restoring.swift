import Audit
import FHIR
import GRDB
import Sealing
import Workflow

/// What a restore does to the copied store before it is put in place.
extension SQLiteStore {
    /// Counts the restores that this copy knows nothing of, so that the next name of the log is one that nobody had.
    func raiseEpoch(to epoch: UInt64) async throws(AdapterError) {
        let raised = try await change { transaction in
            guard try transaction.logEpoch() < epoch else { return false }
            try transaction.setEpoch(epoch, from: transaction.logEpochFrom())
            return true
        }
        if raised { context.rename(epoch: epoch) }
    }

    /// Destroys data keys that had been destroyed after the backup was made, with everything outside of the log that
    /// they sealed; orders that were under way with them are cancelled. Told in the log before, in one transaction.
    func destroyAgain(_ ids: Set<DataKeyID>, record: AuditRecord) async throws(AdapterError) -> Int {
        try await change { transaction in
            let rows = try ids.compactMap { id in
                try transaction.row("SELECT row FROM data_key WHERE id = ? AND destroyed = 0", [id.text])
            }
            let keys = Set(rows.map { $0["row"] as Int64 })
            guard !keys.isEmpty else { return 0 }
            let list = keys.sorted().map(String.init).joined(separator: ",")
            try transaction.execute(
                """
                UPDATE orders SET state = 'cancelled' WHERE kind = 'order' AND data_key IN (\(list))
                    AND state IN ('accepted', 'waiting', 'held', 'composed', 'parked')
                """)
            try transaction.execute(
                "UPDATE outbox SET state = 'withdrawn' WHERE state IN ('held', 'pending') AND data_key IN (\(list))")
            try transaction.execute(
                "UPDATE replies SET state = 'failed' WHERE state = 'pending' AND data_key IN (\(list))")
            try transaction.discard(
                "exports.state IN ('pending', 'quarantined', 'failed') AND exports.data_key IN (\(list))", [],
                code: "export.shredded", of: nil, now: Timestamp(microseconds: record.time.microsecondsSinceEpoch))
            var linked = LinkedKeys()
            linked.keys = keys
            _ = try transaction.empty(linked)
            var told = AuditRecord(
                event: .keysDestroy, time: record.time, principal: record.principal, roles: record.roles,
                purpose: record.purpose, correlation: record.correlation)
            told.details["keys"] = String(keys.count)
            told.details["keysDigest"] = try transaction.digest(of: keys)
            let index = try transaction.append([told]).first ?? 0
            try transaction.destroy(keys, told: index)
            return keys.count
        }
    }

    /// Closes all connections; SQLite works its write-ahead log in.
    func close() throws(AdapterError) {
        do { try pool.close() } catch { throw AdapterError(store: error) }
    }
}
