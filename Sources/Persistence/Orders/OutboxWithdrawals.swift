import GRDB
import Workflow

/// Taking back what is in the outbox, and what went out.
extension StoreTransaction {
    /// Withdraws reports that were never tried. One that is leased, or was tried before, is marked only: whether it
    /// went out has to be found out first.
    func withdraw(_ order: Int64, destination: String? = nil, now: Timestamp) throws {
        batch.wakes = true
        try execute(
            """
            UPDATE outbox SET
                withdraw = 1,
                state = CASE WHEN lease_until > :now OR first_attempt IS NOT NULL THEN state ELSE 'withdrawn' END,
                fence = CASE WHEN lease_until > :now THEN fence ELSE fence + 1 END,
                lease_until = CASE WHEN lease_until > :now THEN lease_until END
            WHERE order_row = :order AND kind = 'report' AND state IN ('held', 'pending')
                AND destination = coalesce(:destination, destination)
            """,
            ["now": now.microseconds, "order": order, "destination": destination])
    }

    /// Adds a withdrawal for each destination that has a report of the order and was not told to withdraw it yet. A
    /// report that is leased right now follows when it ends as delivered.
    func retract(_ order: Int64, now: Timestamp) throws {
        try execute(
            """
            UPDATE outbox SET retract = 1
            WHERE order_row = ? AND kind = 'report' AND state = 'pending' AND lease_until > ?
            """, [order, now.microseconds])
        let delivered = try rows(
            """
            SELECT id, destination, data_key, payload FROM outbox AS entry
            WHERE order_row = ? AND kind = 'report' AND state = 'delivered'
                AND NOT EXISTS (SELECT 1 FROM outbox AS later WHERE later.order_row = entry.order_row
                    AND later.destination = entry.destination AND later.id > entry.id
                    AND (later.kind = 'report' AND later.state = 'delivered'
                        OR later.kind = 'withdrawal' AND later.state IN ('held', 'pending', 'delivered')))
            ORDER BY id
            """, [order])
        for row in delivered {
            try withdraw(row["id"], row, order: order, destination: row["destination"], now: now)
        }
    }

    /// Adds the withdrawal of an entry: a copy of its payload, sealed for its new place.
    func withdraw(_ entry: Int64, _ row: Row, order: Int64, destination: String, now: Timestamp) throws {
        let number: Int64 = row["data_key"]
        // Nobody knows any more what was sent for a patient who was shredded.
        guard try isReadable("outbox", "id", entry) else { return }
        let draft = OutboxDraft(
            destination: destination, kind: .withdrawal, payload: try payload(entry, row), isHeld: false)
        let key = SealingKey(row: number, key: try dataKey(number), subjects: .none)
        try add(draft, to: order, key: key, now: now)
    }
}
