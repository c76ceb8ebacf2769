import GRDB
import JSON
import Mapping
import Sealing
import Workflow

/// Where an order stands and what it is found by.
struct OrderPlace {
    let row: Int64
    let kind: StoredOrder.Kind
    let dataKey: Int64
    var terms: OrderTerms
}

/// The table `orders`.
extension StoreTransaction {
    func order(_ id: OrderID) throws -> StoredOrder? {
        try row(of: id).flatMap { try row("SELECT * FROM orders WHERE row = ?", [$0]) }.flatMap(readable)
    }

    /// nil for an order whose patient was shredded: it is not there any more.
    func readable(_ row: Row) throws -> StoredOrder? {
        do { return try order(row) } catch StoreFailure.dataKeyDestroyed { return nil }
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

    /// The number of an order's row.
    func row(of id: OrderID) throws -> Int64? {
        try rows(with: id.lookupValue, .order).first { number in
            try row("SELECT id FROM orders WHERE row = ?", [number])?["id"] == id.value
        }
    }

    func place(_ number: Int64) throws -> OrderPlace? {
        try row("SELECT kind, data_key, terms FROM orders WHERE row = ?", [number]).map { row in
            OrderPlace(
                row: number, kind: try row.word("kind"), dataKey: row["data_key"],
                terms: try OrderTerms(parsing: try row.bytes("terms")))
        }
    }

    /// Inserts or replaces an order and takes away a running lease. An order that is neither composed nor delivered,
    /// nor parked by one of its destinations, has nothing to send: its unsent outbox entries are withdrawn. One that is
    /// delivered by this is exported.
    func write(_ delivered: StoredOrder) throws {
        var order = delivered
        let exports = order.takeExports()
        let id = order.id
        batch.wakes = true
        let patients = PatientSet(order.content.order?.patient ?? [], values: values)
        let place = try row(of: id).flatMap(place)
        let key = try dataKey(for: patients, current: place?.dataKey)
        let content = try key.key.seal(order.content.json.serialized(), context: .orderContent(id.value))
        guard var place else {
            let new = try insert(order, content: content, key: key, terms: OrderTerms())
            return try bind(terms(of: order, patients), to: new)
        }
        try execute(
            """
            UPDATE orders SET kind = ?, state = ?, next_attempt = ?, updated = ?, fence = fence + 1, lease_until = NULL,
                data_key = ?, content = ? WHERE row = ?
            """,
            [
                order.kind.rawValue, order.state.rawValue, order.nextAttempt.microseconds, order.updated.microseconds,
                key.row, content.blob, place.row,
            ])
        if !order.keepsUnsentReports { try withdraw(place.row, now: order.updated) }
        for draft in exports { try add(draft, to: order, row: place.row, key: key) }
        place.terms.removePatients(but: OrderTerm.patients(patients))
        try bind(terms(of: order, patients), to: place)
    }

    @discardableResult
    func insert(
        _ order: StoredOrder, content: [UInt8], key: SealingKey, terms: OrderTerms
    ) throws -> OrderPlace {
        if order.state == .accepted || order.state == .waiting { batch.wakes = true }
        try execute(
            """
            INSERT INTO orders (id, kind, state, next_attempt, created, updated, data_key, terms, content)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                order.id.value, order.kind.rawValue, order.state.rawValue, order.nextAttempt.microseconds,
                order.created.microseconds, order.updated.microseconds, key.row, terms.blob, content.blob,
            ])
        let row = db.lastInsertedRowID
        batch.entries.append(LookupEntry(order.id.lookupValue, .order, row: row))
        batch.entries += terms.terms.map { LookupEntry($0.value, .order, row: row) }
        return OrderPlace(row: row, kind: order.kind, dataKey: key.row, terms: terms)
    }

    private func terms(of order: StoredOrder, _ patients: PatientSet) -> [OrderTerm] {
        (order.content.order?.identity.keys ?? []).map { OrderTerm($0, values: values) } + OrderTerm.patients(patients)
    }

    func orders(_ filter: OrderFilter) throws -> [StoredOrder] {
        if let key = filter.key {
            let found = try rows(with: [OrderTerm(key, values: values)]).compactMap { try readable($0.row) }
            return Array(
                found.filter { filter.states.isEmpty || filter.states.contains($0.state) }.reversed()
                    .prefix(max(0, filter.limit)))
        }
        var (condition, arguments) = ("1", StatementArguments())
        if !filter.states.isEmpty {
            condition = "state IN (\(filter.states.map { _ in "?" }.joined(separator: ",")))"
            arguments += StatementArguments(filter.states.map(\.rawValue))
        }
        let found = try Row.fetchCursor(
            db, sql: "SELECT * FROM orders WHERE \(condition) ORDER BY created DESC, id", arguments: arguments)
        var orders: [StoredOrder] = []
        while orders.count < filter.limit, let row = try found.next() {
            if let order = try readable(row) { orders.append(order) }
        }
        return orders
    }
}

extension OrderID {
    /// By what the row is looked up; an id is no secret.
    var lookupValue: [UInt8] { Self.lookupValue(value) }

    static func lookupValue(_ text: String) -> [UInt8] { Array(Digest.sha256(Array(text.utf8)).bytes.prefix(8)) }
}

extension SealedContext {
    static func orderContent(_ id: String) -> SealedContext {
        SealedContext(table: "orders", row: id, column: "content")
    }
}
