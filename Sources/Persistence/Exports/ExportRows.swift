import Audit
import GRDB
import JSON
import Sealing
import Workflow

/// The table `exports`: adding, leasing and ending.
extension StoreTransaction {
    /// Adds an export of an order that was just delivered. What an earlier delivery still wanted to send to the same
    /// place is not wanted any more.
    func add(_ draft: ExportDraft, to order: StoredOrder, row: Int64, key: SealingKey) throws {
        batch.wakes = true
        let now = order.updated
        try discard(
            "order_row = ? AND destination = ? AND exports.state IN ('pending', 'quarantined', 'failed')",
            [row, draft.destination], code: "export.superseded", of: order, now: now)
        let id = randomUUID()
        let content = ExportContent(study: draft.study, profileDigest: draft.profileDigest)
        try execute(
            """
            INSERT INTO exports (id, order_row, destination, state, next_attempt, created, updated, data_key, content)
            VALUES (?, ?, ?, 'pending', ?, ?, ?, ?, ?)
            """,
            [
                id, row, draft.destination, now.microseconds, now.microseconds, now.microseconds, key.row,
                try key.key.seal(content.json.serialized(), context: .exportContent(id)).blob,
            ])
    }

    /// The export that has been due longest, unless the clinical work has something to do.
    func leaseExport(to destination: String, now: Timestamp, for duration: Duration) throws -> (ExportJob, Lease)? {
        while let number = try dueExport(to: destination, now: now) {
            guard try isReadable("exports", "row", number) else {
                // What it was to send is gone for good.
                try discard("exports.row = ?", [number], code: "export.shredded", of: nil, now: now)
                continue
            }
            try execute(
                """
                UPDATE exports SET fence = fence + 1, lease_until = ?, first_attempt = coalesce(first_attempt, ?)
                WHERE row = ?
                """, [(now + duration).microseconds, now.microseconds, number])
            guard let row = try exportRow("exports.row = ?", [number]).first else { throw StoreFailure.rowMissing }
            return (try export(row), Lease(fence: row["fence"], expires: now + duration))
        }
        return nil
    }

    /// Ends exports for good and takes running leases away, each with its record.
    func discard(
        _ condition: String, _ arguments: StatementArguments, code: String, of order: StoredOrder?, now: Timestamp
    ) throws {
        for row in try exportRow(condition, arguments) {
            let readable = try readableExport(row)
            var job = try readable ?? export(row, content: ExportContent(study: "", profileDigest: ""))
            let before = job.state
            (job.state, job.code, job.updated) = (.discarded, code, now)
            try execute(
                """
                UPDATE exports SET state = 'discarded', code = ?, updated = ?, fence = fence + 1, lease_until = NULL
                WHERE row = ?
                """, [code, now.microseconds, row["row"] as Int64])
            // Of what cannot be read any more is known that a try began.
            let mayBeOutside = readable.map { $0.content.copy != nil } ?? (job.firstAttempt != nil)
            _ = try append([AuditRecord(of: job, from: before, of: order, mayBeOutside: mayBeOutside)])
        }
    }

    func dueExport(to destination: String, now: Timestamp) throws -> Int64? {
        try row(
            """
            SELECT row FROM exports WHERE state = 'pending' AND destination = :destination AND next_attempt <= :now
                AND (lease_until IS NULL OR lease_until <= :now)
                AND NOT EXISTS (SELECT 1 FROM orders WHERE state IN ('accepted', 'waiting') AND next_attempt <= :now
                    AND (lease_until IS NULL OR lease_until <= :now))
            ORDER BY next_attempt, row LIMIT 1
            """, ["destination": destination, "now": now.microseconds])?["row"]
    }

    /// Writes an export under its lease.
    /// - Throws: `leaseLost`.
    func write(_ job: ExportJob, lease: Lease, ends: Bool) throws {
        let current = try row(
            "SELECT row, fence FROM exports WHERE id = ? AND state = 'pending' AND lease_until IS NOT NULL",
            [job.id.value])
        guard let current, current["fence"] == lease.fence else { throw StoreFailure.leaseLost }
        try write(job, row: current["row"])
        guard ends else { return }
        try execute(
            "UPDATE exports SET fence = fence + 1, lease_until = NULL WHERE row = ?", [current["row"] as Int64])
    }

    /// Writes an export and takes a running lease away.
    func write(_ job: ExportJob) throws {
        guard let number = try row("SELECT row FROM exports WHERE id = ?", [job.id.value])?["row"] as Int64? else {
            throw StoreFailure.rowMissing
        }
        try write(job, row: number)
        try execute("UPDATE exports SET fence = fence + 1, lease_until = NULL WHERE row = ?", [number])
    }

    private func write(_ job: ExportJob, row number: Int64) throws {
        batch.wakes = true
        guard let key = try row("SELECT data_key FROM exports WHERE row = ?", [number])?["data_key"] as Int64? else {
            throw StoreFailure.rowMissing
        }
        let content = try dataKey(key).seal(job.content.json.serialized(), context: .exportContent(job.id.value))
        try execute(
            """
            UPDATE exports SET state = ?, code = ?, attempts = ?, failures = ?, first_attempt = ?, next_attempt = ?,
                updated = ?, content = ? WHERE row = ?
            """,
            [
                job.state.rawValue, job.code, job.attempts, job.failures, job.firstAttempt?.microseconds,
                job.nextAttempt.microseconds, job.updated.microseconds, content.blob, number,
            ])
    }

    func export(_ id: ExportID) throws -> ExportJob? {
        try exportRow("exports.id = ?", [id.value]).first.flatMap(readableExport)
    }

    func exports(_ filter: ExportFilter) throws -> [ExportJob] {
        var (condition, arguments) = ("1", StatementArguments())
        if !filter.states.isEmpty {
            condition = "exports.state IN (\(filter.states.map { _ in "?" }.joined(separator: ",")))"
            arguments += StatementArguments(filter.states.map(\.rawValue))
        }
        if let order = filter.order {
            condition += " AND orders.id = ?"
            arguments += [order.value]
        }
        return try exportRow("\(condition) ORDER BY exports.row DESC LIMIT \(max(0, filter.limit))", arguments)
            .compactMap(readableExport)
    }

    func exportCounts() throws -> ExportCounts {
        var counts = ExportCounts()
        for row in try rows("SELECT state, count(*) AS number FROM exports GROUP BY state", []) {
            counts.exports[try row.word("state")] = row["number"]
        }
        counts.oldestPending = try row("SELECT min(created) AS oldest FROM exports WHERE state = 'pending'", [])?
            .optionalTime("oldest")
        return counts
    }

    private func exportRow(_ condition: String, _ arguments: StatementArguments) throws -> [Row] {
        try rows(
            """
            SELECT exports.*, orders.id AS order_id FROM exports JOIN orders ON orders.row = order_row
            WHERE \(condition)
            """, arguments)
    }

    /// nil for one whose patient was shredded.
    private func readableExport(_ row: Row) throws -> ExportJob? {
        do { return try export(row) } catch StoreFailure.dataKeyDestroyed { return nil }
    }

    private func export(_ row: Row) throws -> ExportJob {
        let id: String = row["id"]
        let plain = try dataKey(row["data_key"]).open(try row.bytes("content"), context: .exportContent(id))
        let json: JSONValue
        do { json = try JSONValue(parsing: plain) } catch { throw StoreFailure.damaged }
        return try export(row, content: try ExportContent(json: json))
    }

    private func export(_ row: Row, content: ExportContent) throws -> ExportJob {
        ExportJob(
            id: ExportID(row["id"]), order: OrderID(row["order_id"]), destination: row["destination"],
            state: try row.word("state"), code: row["code"], attempts: row["attempts"], failures: row["failures"],
            firstAttempt: row.optionalTime("first_attempt"), nextAttempt: row.time("next_attempt"),
            created: row.time("created"), updated: row.time("updated"), content: content)
    }
}

extension SealedContext {
    fileprivate static func exportContent(_ id: String) -> SealedContext {
        SealedContext(table: "exports", row: id, column: "content")
    }
}
