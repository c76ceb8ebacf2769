import GRDB
import Mapping
import Workflow

/// Leases on orders: a fence that grows with each lease and each change.
extension StoreTransaction {
    func leaseOrder(now: Timestamp, for duration: Duration) throws -> (StoredOrder, Lease)? {
        let due = try row(
            """
            SELECT * FROM orders WHERE state IN ('accepted', 'waiting') AND next_attempt <= :now
                AND (lease_until IS NULL OR lease_until <= :now)
            ORDER BY next_attempt, created, id LIMIT 1
            """, ["now": now.microseconds])
        guard let due else { return nil }
        let lease = Lease(fence: due["fence"] + 1, expires: now + duration)
        try execute(
            "UPDATE orders SET fence = ?, lease_until = ? WHERE id = ?",
            [lease.fence, lease.expires.microseconds, due["id"] as String])
        return (try order(due), lease)
    }

    /// - Throws: `leaseLost` unless the lease is the last thing that happened to the order.
    func check(_ lease: Lease, of order: OrderID) throws {
        let row = try row("SELECT fence FROM orders WHERE id = ? AND lease_until IS NOT NULL", [order.value])
        guard let row, row["fence"] == lease.fence else { throw StoreFailure.leaseLost }
    }

    /// Hands what a notice knows to the one order that shares a key or the study, and ends the notice.
    func adopt(_ notice: OrderID, keys orderKeys: [OrderKey], now: Timestamp) throws -> Bool {
        let studies = try rows("SELECT value FROM order_studies WHERE order_id = ?", [notice.value])
        var owners = Set(try orders(sharing: orderKeys).filter { $0.kind == .order }.map(\.id))
        if owners.isEmpty {
            let linked = try rows(
                """
                SELECT DISTINCT id FROM orders JOIN order_studies ON order_id = id WHERE kind = 'order'
                    AND value IN (SELECT value FROM order_studies WHERE order_id = ?)
                """, [notice.value])
            owners = Set(linked.map { OrderID($0["id"]) })
        }
        guard owners.count == 1, let owner = owners.first, var order = try order(owner) else { return false }
        for study in studies {
            try execute(
                "INSERT INTO order_studies (value, order_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [try study.bytes("value").blob, owner.value])
        }
        try execute("UPDATE order_keys SET order_id = ? WHERE order_id = ?", [owner.value, notice.value])
        try bind(orderKeys, to: owner)
        wake(&order, by: try self.order(notice), now: now)
        try write(order)
        try execute("DELETE FROM orders WHERE id = ?", [notice.value])
        return true
    }

    private func wake(_ order: inout StoredOrder, by notice: StoredOrder?, now: Timestamp) {
        order.content.imagingStudyID = order.content.imagingStudyID ?? notice?.content.imagingStudyID
        order.updated = now
        guard let transition = order.state.transition(on: .studyAnnounced) else { return }
        if order.state == .parked { order.content.parking = nil }
        order.state = transition.state
        if transition.wakes { order.nextAttempt = now }
    }
}
