import GRDB
import Sealing
import Workflow

/// The table `replies`: acknowledgments that go out later, as messages of their own.
extension StoreTransaction {
    func add(_ reply: DeferredReply, now: Timestamp, key: SealingKey) throws {
        let id = randomUUID()
        batch.wakes = true
        try execute(
            """
            INSERT INTO replies (id, destination, state, next_attempt, created, data_key, payload)
            VALUES (?, ?, 'pending', ?, ?, ?, ?)
            """,
            [
                id, reply.destination, now.microseconds, now.microseconds, key.row,
                try key.key.seal(reply.payload, context: .reply(id)).blob,
            ])
    }

    /// The oldest reply that is due; an older one to the same destination goes first.
    func leaseReply(now: Timestamp, for duration: Duration) throws -> (PendingReply, Lease)? {
        guard let number = try dueReply(now: now) else { return nil }
        guard try isReadable("replies", "row", number) else {
            try execute(
                "UPDATE replies SET state = 'failed', payload = x'', fence = fence + 1 WHERE row = ?", [number])
            return try leaseReply(now: now, for: duration)
        }
        try execute(
            """
            UPDATE replies SET fence = fence + 1, lease_until = ?, first_attempt = coalesce(first_attempt, ?)
            WHERE row = ?
            """, [(now + duration).microseconds, now.microseconds, number])
        guard let row = try row("SELECT * FROM replies WHERE row = ?", [number]) else { throw StoreFailure.rowMissing }
        let payload = try dataKey(row["data_key"]).open(try row.bytes("payload"), context: .reply(row["id"]))
        let reply = PendingReply(
            id: number, reply: DeferredReply(destination: row["destination"], payload: payload),
            attempts: row["attempts"], firstAttempt: row.optionalTime("first_attempt"),
            nextAttempt: row.time("next_attempt"), created: row.time("created"))
        return (reply, Lease(fence: row["fence"], expires: now + duration))
    }

    func dueReply(now: Timestamp) throws -> Int64? {
        try row(
            """
            SELECT row FROM replies AS reply WHERE state = 'pending' AND next_attempt <= :now
                AND (lease_until IS NULL OR lease_until <= :now)
                AND NOT EXISTS (SELECT 1 FROM replies AS older WHERE older.destination = reply.destination
                    AND older.state = 'pending' AND older.row < reply.row)
            ORDER BY next_attempt, row LIMIT 1
            """, ["now": now.microseconds])?["row"]
    }

    /// Ends a lease. Of a reply that arrived nothing but the fact is kept.
    func finish(_ reply: PendingReply, _ lease: Lease, _ state: OutboxEntry.State, _ nextAttempt: Timestamp) throws {
        batch.wakes = true
        let current = try row(
            "SELECT fence FROM replies WHERE row = ? AND state = 'pending' AND lease_until IS NOT NULL", [reply.id])
        guard let current, current["fence"] == lease.fence else { throw StoreFailure.leaseLost }
        try execute(
            """
            UPDATE replies SET state = ?, attempts = attempts + 1, next_attempt = ?, fence = fence + 1,
                lease_until = NULL, payload = iif(?1 = 'delivered', NULL, payload) WHERE row = ?
            """, [state.rawValue, nextAttempt.microseconds, reply.id])
    }
}

extension SealedContext {
    fileprivate static func reply(_ id: String) -> SealedContext {
        SealedContext(table: "replies", row: id, column: "payload")
    }
}
