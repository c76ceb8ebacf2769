import GRDB
import Mapping
import Sealing
import Workflow

/// The table `outbox`: adding, leasing and ending.
extension StoreTransaction {
    /// Adds an entry; unsent older reports for the same destination are withdrawn.
    func add(_ draft: OutboxDraft, for order: StoredOrder) throws {
        guard let place = try row(of: order.id).flatMap(place) else { throw StoreFailure.rowMissing }
        if draft.kind == .report { try withdraw(place.row, destination: draft.destination, now: order.updated) }
        let patients = PatientSet(order.content.order?.patient ?? [], values: values)
        try add(draft, to: place.row, key: try dataKey(for: patients, current: place.dataKey), now: order.updated)
    }

    func add(_ draft: OutboxDraft, to order: Int64, key: SealingKey, now: Timestamp) throws {
        batch.wakes = true
        let id = (try Int64.fetchOne(db, sql: "SELECT max(id) FROM outbox") ?? 0) + 1
        try execute(
            """
            INSERT INTO outbox (id, order_row, destination, kind, state, next_attempt, created, data_key, payload)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id, order, draft.destination, draft.kind.rawValue, draft.isHeld ? "held" : "pending",
                now.microseconds, now.microseconds, key.row,
                try key.key.seal(draft.payload, context: .payload(id)).blob,
            ])
    }

    /// The oldest entry of the lane that is due; an older one of the same order and destination goes first, and so does
    /// a withdrawal before a report that was never tried: what is made anew is not to be taken for what was withdrawn.
    func leaseOutboxEntry(now: Timestamp, for duration: Duration, lane: DeliveryLane) throws -> (OutboxEntry, Lease)? {
        guard let id = try dueEntry(now: now, lane: lane) else { return nil }
        guard try isReadable("outbox", "id", id) else {
            // What was to be sent is gone for good.
            try execute("UPDATE outbox SET state = 'withdrawn', fence = fence + 1 WHERE id = ?", [id])
            return try leaseOutboxEntry(now: now, for: duration, lane: lane)
        }
        // Whoever settles a withdrawn entry also takes back what went out.
        try execute(
            """
            UPDATE outbox SET fence = fence + 1, lease_until = ?, first_attempt = coalesce(first_attempt, ?),
                retract = iif(withdraw = 1, 0, retract)
            WHERE id = ?
            """, [(now + duration).microseconds, now.microseconds, id])
        let leased = try row(
            """
            SELECT outbox.*, orders.id AS order_id FROM outbox JOIN orders ON orders.row = order_row
            WHERE outbox.id = ?
            """, [id])
        guard let leased else { throw StoreFailure.rowMissing }
        return (try entry(leased), Lease(fence: leased["fence"], expires: now + duration))
    }

    func dueEntry(now: Timestamp, lane: DeliveryLane) throws -> Int64? {
        var arguments: StatementArguments = ["now": now.microseconds]
        var condition = "1"
        let names: [String]
        switch lane {
        case .all: names = []
        case .only(let name): (names, condition) = ([name], "destination = :d0")
        case .except(let others):
            names = others
            condition = "destination NOT IN (\(others.indices.map { ":d\($0)" }.joined(separator: ",")))"
        }
        for (number, name) in names.enumerated() { _ = arguments.append(contentsOf: ["d\(number)": name]) }
        return try row(
            """
            SELECT id FROM outbox AS entry WHERE state = 'pending' AND next_attempt <= :now
                AND (lease_until IS NULL OR lease_until <= :now) AND \(condition)
                AND NOT EXISTS (SELECT 1 FROM outbox AS other WHERE other.order_row = entry.order_row
                    AND other.destination = entry.destination AND other.state = 'pending' AND CASE
                        WHEN entry.kind = 'withdrawal' AND other.kind = 'report' AND other.first_attempt IS NULL THEN 0
                        WHEN entry.kind = 'report' AND entry.first_attempt IS NULL AND other.kind = 'withdrawal' THEN 1
                        ELSE other.id < entry.id END)
            ORDER BY next_attempt, id LIMIT 1
            """, arguments)?["id"]
    }

    /// Ends a lease and tells whether the entry is withdrawn by now. What ends as delivered although its report was to be
    /// taken back is followed by its withdrawal.
    func finish(
        _ entry: OutboxEntry, _ lease: Lease, _ state: OutboxEntry.State, _ nextAttempt: Timestamp
    ) throws -> Bool {
        batch.wakes = true
        let current = try row(
            """
            SELECT fence, withdraw, retract, order_row, data_key, payload FROM outbox
            WHERE id = ? AND state = 'pending' AND lease_until IS NOT NULL
            """, [entry.id])
        guard let current, current["fence"] == lease.fence else { throw StoreFailure.leaseLost }
        try execute(
            """
            UPDATE outbox SET state = ?, attempts = attempts + 1, next_attempt = ?, fence = fence + 1,
                lease_until = NULL WHERE id = ?
            """, [state.rawValue, nextAttempt.microseconds, entry.id])
        if state == .delivered, current["retract"] == true {
            try withdraw(
                entry.id, current, order: current["order_row"], destination: entry.destination, now: nextAttempt)
        }
        return current["withdraw"]
    }

    /// Turns held entries into pending ones and returns how many.
    func releaseHeld(since: Timestamp, now: Timestamp) throws -> Int {
        batch.wakes = true
        try execute(
            "UPDATE outbox SET state = 'pending', next_attempt = ? WHERE state = 'held' AND created >= ?",
            [now.microseconds, since.microseconds])
        return db.changesCount
    }

    private func entry(_ row: Row) throws -> OutboxEntry {
        OutboxEntry(
            id: row["id"], order: OrderID(row["order_id"]), destination: row["destination"],
            kind: try row.word("kind"), state: try row.word("state"), payload: try payload(row["id"], row),
            attempts: row["attempts"], firstAttempt: row.optionalTime("first_attempt"),
            nextAttempt: row.time("next_attempt"), created: row.time("created"), isWithdrawn: row["withdraw"])
    }

    /// Whether the key of a row is still there.
    func isReadable(_ table: StaticString, _ id: StaticString, _ number: Int64) throws -> Bool {
        try row(
            "SELECT 1 FROM \(table) AS t JOIN data_key AS k ON k.row = t.data_key WHERE t.\(id) = ? AND k.destroyed = 0",
            [number]) != nil
    }

    func payload(_ id: Int64, _ row: Row) throws -> [UInt8] {
        try dataKey(row["data_key"]).open(try row.bytes("payload"), context: .payload(id))
    }
}

extension SealedContext {
    fileprivate static func payload(_ id: Int64) -> SealedContext {
        SealedContext(table: "outbox", row: String(id), column: "payload")
    }
}
