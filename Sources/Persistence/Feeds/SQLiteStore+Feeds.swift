public import Audit
import GRDB
import MerkleLog
public import Workflow

/// Places of outside repositories in the log.
extension SQLiteStore: AuditFeedStore {
    public func auditFeed(_ destination: String, limit: Int) async throws(AdapterError) -> [AuditEntry] {
        do {
            let (start, size) = try await read { transaction in
                (try transaction.cursor(destination), Int64(clamping: try transaction.frontier().size))
            }
            var reader = LogReader(
                self, indexes: start..<max(start, size), filter: LeafFilter(AuditQuery()))
            var rows: [LeafRow] = []
            while rows.count < limit, let page = try await reader.page() { rows += page }
            return try await opened(Array(rows.prefix(max(0, limit))), tolerant: true)
        } catch {
            throw AdapterError(store: error)
        }
    }

    public func advanceAuditFeed(_ destination: String, past index: UInt64) async throws(AdapterError) {
        try await change { transaction in
            let next = Int64(clamping: index) + 1
            guard next <= Int64(clamping: (try transaction.batch.frontier ?? transaction.frontier()).size) else {
                throw StoreFailure.rowMissing
            }
            try transaction.setCursor(destination, next)
        }
    }

    public func auditFeedLag(_ destination: String) async throws(AdapterError) -> UInt64 {
        try await read { transaction in
            UInt64(max(0, Int64(clamping: try transaction.frontier().size) - (try transaction.cursor(destination))))
        }
    }

    /// Lets a destination that is not known yet begin behind what the log holds now; one that has a place keeps it.
    public func startAuditFeedAtEnd(_ destination: String) async throws(AdapterError) {
        try await change { transaction in
            guard try transaction.row("SELECT 1 FROM audit_cursor WHERE destination = ?", [destination]) == nil else {
                return
            }
            let end = (try transaction.batch.frontier ?? transaction.frontier()).size
            try transaction.setCursor(destination, Int64(clamping: end))
        }
    }
}

extension StoreTransaction {
    fileprivate func cursor(_ destination: String) throws -> Int64 {
        try row("SELECT next FROM audit_cursor WHERE destination = ?", [destination])?["next"] ?? 0
    }

    /// Never moves a place back.
    fileprivate func setCursor(_ destination: String, _ next: Int64) throws {
        try execute(
            """
            INSERT INTO audit_cursor (destination, next) VALUES (?, ?)
                ON CONFLICT (destination) DO UPDATE SET next = excluded.next WHERE excluded.next > next
            """, [destination, next])
    }
}
