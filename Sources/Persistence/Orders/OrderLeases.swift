import GRDB
import Mapping
import Workflow

/// Leases on orders: a fence that grows with each lease and each change.
extension StoreTransaction {
    func leaseOrder(now: Timestamp, for duration: Duration) throws -> (StoredOrder, Lease)? {
        while let due = try dueOrder(now: now) {
            guard let order = try readable(due) else {
                // Its key was destroyed: nothing can be done with it any more.
                try execute(
                    "UPDATE orders SET state = 'cancelled', fence = fence + 1 WHERE row = ?", [due["row"] as Int64])
                continue
            }
            let lease = Lease(fence: due["fence"] + 1, expires: now + duration)
            try execute(
                "UPDATE orders SET fence = ?, lease_until = ? WHERE row = ?",
                [lease.fence, lease.expires.microseconds, due["row"] as Int64])
            return (order, lease)
        }
        return nil
    }

    /// The order that has been due longest.
    func dueOrder(now: Timestamp) throws -> Row? {
        try row(
            """
            SELECT * FROM orders WHERE state IN ('accepted', 'waiting') AND next_attempt <= :now
                AND (lease_until IS NULL OR lease_until <= :now)
            ORDER BY next_attempt, created, id LIMIT 1
            """, ["now": now.microseconds])
    }

    /// - Throws: `leaseLost` unless the lease is the last thing that happened to the order.
    func check(_ lease: Lease, of order: OrderID) throws {
        guard let number = try row(of: order),
            let row = try row("SELECT fence FROM orders WHERE row = ? AND lease_until IS NOT NULL", [number]),
            row["fence"] == lease.fence
        else { throw StoreFailure.leaseLost }
    }

    /// Hands what a notice knows to the one order that shares a key or the study, and ends the notice.
    func adopt(_ notice: OrderID, keys orderKeys: [OrderKey], now: Timestamp) throws -> Bool {
        guard let place = try row(of: notice).flatMap(place) else { return false }
        let terms = orderKeys.map { OrderTerm($0, values: values) }
        let known = try self.order(notice)
        var owners = try owners(by: terms)
        if owners.isEmpty { owners = try self.owners(by: place.terms.terms.filter { $0.kind == .study }) }
        guard owners.count == 1, var order = try owners.first.flatMap(order) else { return false }
        // The notice's row goes first: what it is known by is free then.
        try execute("DELETE FROM orders WHERE row = ?", [place.row])
        try bind(place.terms.terms.filter { $0.kind != .patient } + terms, to: order.id)
        wake(&order, by: known, now: now)
        try write(order)
        return true
    }

    /// Orders, not notices or tombstones, that have any of the terms.
    private func owners(by terms: [OrderTerm]) throws -> Set<OrderID> {
        Set(
            try rows(with: terms).filter { $0.row["kind"] == StoredOrder.Kind.order.rawValue }
                .map { OrderID($0.row["id"]) })
    }

    private func wake(_ order: inout StoredOrder, by notice: StoredOrder?, now: Timestamp) {
        order.content.imagingStudyID = order.content.imagingStudyID ?? notice?.content.imagingStudyID
        order.updated = now
        order.apply(.studyAnnounced, now: now)
    }
}
