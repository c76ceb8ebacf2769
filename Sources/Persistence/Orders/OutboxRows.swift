import GRDB
import Mapping
import Sealing
import Workflow

/// The table `outbox`.
extension StoreTransaction {
    /// Adds an entry; unsent older ones of the same destination are withdrawn.
    func add(_ draft: OutboxDraft, for order: StoredOrder) throws {
        try withdraw(order.id, destination: draft.destination, now: order.updated)
        let id = (try Int64.fetchOne(db, sql: "SELECT max(id) FROM outbox") ?? 0) + 1
        let key = try dataKey(for: (order.content.order?.patient ?? []).compactMap(\.patientText))
        try execute(
            """
            INSERT INTO outbox (id, order_id, destination, state, next_attempt, created, data_key, payload)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id, order.id.value, draft.destination, draft.isHeld ? "held" : "pending",
                order.updated.microseconds, order.updated.microseconds, key.id.text,
                try key.seal(draft.payload, context: .payload(id)).blob,
            ])
    }

    /// Withdraws what is not sent. An entry that is leased right now is marked only: if its attempt fails it is
    /// withdrawn then.
    func withdraw(_ order: OrderID, destination: String? = nil, now: Timestamp) throws {
        try execute(
            """
            UPDATE outbox SET
                withdraw = 1,
                state = CASE WHEN lease_until > :now THEN state ELSE 'withdrawn' END,
                fence = CASE WHEN lease_until > :now THEN fence ELSE fence + 1 END,
                lease_until = CASE WHEN lease_until > :now THEN lease_until END
            WHERE order_id = :order AND state IN ('held', 'pending') AND destination = coalesce(:destination, destination)
            """,
            ["now": now.microseconds, "order": order.value, "destination": destination])
    }

    /// The oldest entry that is due; an older one of the same order and destination goes first.
    func leaseOutboxEntry(now: Timestamp, for duration: Duration) throws -> (OutboxEntry, Lease)? {
        try execute(
            """
            UPDATE outbox SET state = 'withdrawn', fence = fence + 1, lease_until = NULL
            WHERE state = 'pending' AND withdraw = 1 AND lease_until <= ?
            """, [now.microseconds])
        let due = try row(
            """
            SELECT * FROM outbox AS entry WHERE state = 'pending' AND next_attempt <= :now
                AND (lease_until IS NULL OR lease_until <= :now)
                AND NOT EXISTS (SELECT 1 FROM outbox AS older WHERE older.order_id = entry.order_id
                    AND older.destination = entry.destination AND older.state = 'pending' AND older.id < entry.id)
            ORDER BY next_attempt, id LIMIT 1
            """, ["now": now.microseconds])
        guard let id = due?["id"] as Int64? else { return nil }
        try execute(
            """
            UPDATE outbox SET fence = fence + 1, lease_until = ?, first_attempt = coalesce(first_attempt, ?)
            WHERE id = ?
            """, [(now + duration).microseconds, now.microseconds, id])
        guard let leased = try row("SELECT * FROM outbox WHERE id = ?", [id]) else { throw StoreFailure.rowMissing }
        return (try entry(leased), Lease(fence: leased["fence"], expires: now + duration))
    }

    /// Ends a lease. A failed attempt of an entry that was withdrawn meanwhile is its last one.
    func finish(_ entry: OutboxEntry, _ lease: Lease, _ state: OutboxEntry.State, _ nextAttempt: Timestamp) throws {
        let current = try row(
            "SELECT fence, withdraw FROM outbox WHERE id = ? AND state = 'pending' AND lease_until IS NOT NULL",
            [entry.id])
        guard let current, current["fence"] == lease.fence else { throw StoreFailure.leaseLost }
        let isWithdrawn: Bool = current["withdraw"]
        let final = isWithdrawn && state == .pending ? OutboxEntry.State.withdrawn : state
        try execute(
            """
            UPDATE outbox SET state = ?, attempts = attempts + 1, next_attempt = ?, fence = fence + 1,
                lease_until = NULL WHERE id = ?
            """, [final.rawValue, nextAttempt.microseconds, entry.id])
    }

    /// Turns held entries into pending ones and returns how many.
    func releaseHeld(since: Timestamp, now: Timestamp) throws -> Int {
        try execute(
            "UPDATE outbox SET state = 'pending', next_attempt = ? WHERE state = 'held' AND created >= ?",
            [now.microseconds, since.microseconds])
        return db.changesCount
    }

    private func entry(_ row: Row) throws -> OutboxEntry {
        let id: Int64 = row["id"]
        return OutboxEntry(
            id: id, order: OrderID(row["order_id"]), destination: row["destination"], state: try row.word("state"),
            payload: try dataKey(row["data_key"]).open(try row.bytes("payload"), context: .payload(id)),
            attempts: row["attempts"], firstAttempt: row.optionalTime("first_attempt"),
            nextAttempt: row.time("next_attempt"), created: row.time("created"))
    }
}

extension SealedContext {
    fileprivate static func payload(_ id: Int64) -> SealedContext {
        SealedContext(table: "outbox", row: String(id), column: "payload")
    }
}
