import GRDB
import Mapping
import Workflow

/// Finding orders by what they are known by, and binding them to it.
extension StoreTransaction {
    /// Rows of orders that have any of the terms, oldest first, with what they have.
    func rows(with terms: [OrderTerm]) throws -> [(row: Row, terms: OrderTerms)] {
        guard !terms.isEmpty else { return [] }
        let places = Set(
            try lookup(terms.map { LookupEntry.leading($0.value) }).filter { $0.kind == .order }.map(\.row))
        var found: [(row: Row, terms: OrderTerms)] = []
        for place in places.sorted() {
            guard let row = try row("SELECT * FROM orders WHERE row = ?", [place]) else { continue }
            let own = try OrderTerms(parsing: try row.bytes("terms"))
            if terms.contains(where: own.contains) { found.append((row, own)) }
        }
        return found.sorted { left, right in
            let (one, two): (Int64, Int64) = (left.row["created"], right.row["created"])
            return one == two ? (left.row["id"] as String) < right.row["id"] : one < two
        }
    }

    /// Binds an order to terms that it does not have yet, without touching its lease. A key stays with the order that
    /// had it first; only a notice gives it up.
    func bind(_ terms: [OrderTerm], to order: OrderID) throws {
        guard !terms.isEmpty, let place = try row(of: order).flatMap(place) else { return }
        try bind(terms, to: place)
    }

    func bind(_ terms: [OrderTerm], to place: OrderPlace) throws {
        let new = try terms.filter { term in
            guard !place.terms.contains(term) else { return false }
            return try term.kind != .key || claim(term)
        }
        var bound = place.terms
        bound.add(new)
        try execute("UPDATE orders SET terms = ? WHERE row = ? AND terms <> ?1", [bound.blob, place.row])
        batch.entries += new.map { LookupEntry($0.value, .order, row: place.row) }
    }

    /// Whether a key is free, which it is after a notice gave it up.
    private func claim(_ term: OrderTerm) throws -> Bool {
        for number in try rows(with: term.value, .order) {
            guard var place = try place(number), place.terms.contains(term) else { continue }
            guard place.kind == .notice else { return false }
            place.terms.remove(term)
            try execute("UPDATE orders SET terms = ? WHERE row = ?", [place.terms.blob, number])
        }
        return true
    }
}
