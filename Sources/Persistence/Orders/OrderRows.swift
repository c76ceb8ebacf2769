import Foundation
import GRDB
import JSON
import Mapping
import Sealing
import Workflow

/// The tables `orders`, `order_keys` and `order_studies`.
extension StoreTransaction {
    func order(_ id: OrderID) throws -> StoredOrder? {
        try row("SELECT * FROM orders WHERE id = ?", [id.value]).map(order)
    }

    func order(_ row: Row) throws -> StoredOrder {
        let id: String = row["id"]
        let plain = try dataKey(row["data_key"]).open(try row.bytes("content"), context: .orderContent(id))
        let json: JSONValue
        do { json = try JSONValue(parsing: plain) } catch { throw StoreFailure.damaged }
        return StoredOrder(
            id: OrderID(id), kind: try row.word("kind"), state: try row.word("state"),
            nextAttempt: row.time("next_attempt"), created: row.time("created"), updated: row.time("updated"),
            content: try OrderContent(json: json))
    }

    /// Inserts or replaces an order and takes away a running lease. An order that is neither composed nor delivered
    /// has nothing to send: its unsent outbox entries are withdrawn.
    func write(_ order: StoredOrder) throws {
        let id = order.id.value
        let current = try String.fetchOne(db, sql: "SELECT data_key FROM orders WHERE id = ?", arguments: [id])
        let key = try dataKey(
            for: (order.content.order?.patient ?? []).compactMap(\.patientText), current: current)
        let content = try key.seal(order.content.json.serialized(.canonical), context: .orderContent(id))
        try execute(
            """
            INSERT INTO orders (id, kind, state, next_attempt, created, updated, data_key, content)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, state = excluded.state,
                next_attempt = excluded.next_attempt, updated = excluded.updated, fence = fence + 1,
                lease_until = NULL, data_key = excluded.data_key, content = excluded.content
            """,
            [
                id, order.kind.rawValue, order.state.rawValue, order.nextAttempt.microseconds,
                order.created.microseconds, order.updated.microseconds, key.id.text, content.blob,
            ])
        if order.state != .composed, order.state != .delivered { try withdraw(order.id, now: order.updated) }
        try bind(order.content.order?.identity.keys ?? [], to: order.id)
    }

    /// Binds keys to an order. A key stays with the order that had it first; only a notice gives it up.
    func bind(_ orderKeys: [OrderKey], to order: OrderID) throws {
        for key in orderKeys {
            try execute(
                """
                INSERT INTO order_keys (value, order_id) VALUES (?, ?)
                ON CONFLICT (value) DO UPDATE SET order_id = excluded.order_id
                WHERE (SELECT kind FROM orders WHERE id = order_keys.order_id) = 'notice'
                """,
                [indexValue(key), order.value])
        }
    }

    func link(study: String, to order: OrderID) throws {
        try execute(
            "INSERT INTO order_studies (value, order_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [keys.indexValue(.study, study).blob, order.value])
    }

    /// The orders that have any of the keys, oldest first.
    func orders(sharing orderKeys: [OrderKey]) throws -> [StoredOrder] {
        var found: [String: StoredOrder] = [:]
        for key in orderKeys {
            let row = try row(
                "SELECT orders.* FROM orders JOIN order_keys ON order_id = id WHERE value = ?", [indexValue(key)])
            if let row { found[row["id"]] = try order(row) }
        }
        return found.values.sorted { ($0.created, $0.id.value) < ($1.created, $1.id.value) }
    }

    /// The rows that are linked to a study, oldest first.
    func orders(ofStudy study: String) throws -> [StoredOrder] {
        try rows(
            "SELECT orders.* FROM orders JOIN order_studies ON order_id = id WHERE value = ? ORDER BY created, id",
            [keys.indexValue(.study, study).blob]
        ).map(order)
    }

    func orders(_ filter: OrderFilter) throws -> [StoredOrder] {
        var (conditions, arguments) = (["1"], StatementArguments())
        if !filter.states.isEmpty {
            conditions.append("state IN (\(filter.states.map { _ in "?" }.joined(separator: ",")))")
            arguments += StatementArguments(filter.states.map(\.rawValue))
        }
        if let key = filter.key {
            conditions.append("id IN (SELECT order_id FROM order_keys WHERE value = ?)")
            arguments += [indexValue(key)]
        }
        arguments += [max(0, filter.limit)]
        let condition = conditions.joined(separator: " AND ")
        return try rows("SELECT * FROM orders WHERE \(condition) ORDER BY created DESC, id LIMIT ?", arguments).map(
            order)
    }

    private func indexValue(_ key: OrderKey) -> Data { keys.indexValue(.orderKey, key.indexText).blob }
}

extension SealedContext {
    static func orderContent(_ id: String) -> SealedContext {
        SealedContext(table: "orders", row: id, column: "content")
    }
}
