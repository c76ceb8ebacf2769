import GRDB
import Sealing
import Workflow

/// The table `certificates`.
extension StoreTransaction {
    /// Keeps a certificate, sealed by the key of its order.
    /// - Throws: `rowMissing` for an order that is not there.
    func add(_ certificate: StoredCertificate) throws {
        guard let order = try row("SELECT row, data_key FROM orders WHERE id = ?", [certificate.order.value]) else {
            throw StoreFailure.rowMissing
        }
        let (number, key): (Int64, Int64) = (order["row"], order["data_key"])
        let id = randomUUID()
        try execute(
            """
            INSERT INTO certificates (id, order_row, purpose, created, data_key, content) VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                id, number, certificate.purpose, certificate.created.microseconds, key,
                try dataKey(key).seal(certificate.bytes, context: .certificate(id)).blob,
            ])
    }

    /// Oldest first; without those whose patient was shredded.
    func certificates(of order: OrderID) throws -> [StoredCertificate] {
        try rows(
            """
            SELECT certificates.* FROM certificates JOIN orders ON orders.row = order_row WHERE orders.id = ?
            ORDER BY certificates.row
            """, [order.value]
        ).compactMap { row in
            let sealed = try row.bytes("content")
            guard !sealed.isEmpty else { return nil }
            let bytes: [UInt8]
            do {
                bytes = try dataKey(row["data_key"]).open(sealed, context: .certificate(row["id"]))
            } catch StoreFailure.dataKeyDestroyed {
                return nil
            }
            return StoredCertificate(
                order: order, purpose: row["purpose"], created: row.time("created"), bytes: bytes)
        }
    }
}

extension SealedContext {
    fileprivate static func certificate(_ id: String) -> SealedContext {
        SealedContext(table: "certificates", row: id, column: "content")
    }
}
