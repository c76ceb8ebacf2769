import Audit
import Foundation
import GRDB
import MerkleLog
import Sealing

/// The tables `leaves`, `leaf_subjects` and `frontier`. Index and frontier are read and written here, inside the
/// transaction; nothing in memory is authoritative.
extension StoreTransaction {
    /// Appends one leaf per record and returns their indexes.
    func append(_ records: [AuditRecord]) throws -> [UInt64] {
        guard !records.isEmpty else { return [] }
        var frontier = try frontier()
        let first = frontier.size
        for record in records {
            let leaf = try Leaf.prepare(record, log: context.origin, randomness: randomBytes)
            try insert(leaf, index: Int64(frontier.size), patients: record.patientTexts)
            frontier.append(.leaf(leaf.bytes))
        }
        try execute(
            "UPDATE frontier SET size = ?, bytes = ? WHERE id = 1",
            [Int64(frontier.size), frontier.serialized.blob])
        return Array(first..<frontier.size)
    }

    func frontier() throws -> Frontier {
        guard let row = try row("SELECT bytes FROM frontier WHERE id = 1", []) else { throw StoreFailure.damaged }
        do { return try Frontier(parsing: try row.bytes("bytes")) } catch { throw StoreFailure.damaged }
    }

    private func insert(_ leaf: PreparedLeaf, index: Int64, patients: [String]) throws {
        let key = try dataKey(for: patients)
        try execute(
            "INSERT INTO leaves (idx, bytes, data_key, body) VALUES (?, ?, ?, ?)",
            [index, leaf.bytes.blob, key.id.text, try key.seal(leaf.body, context: .leafBody(index)).blob])
        for value in Set(leaf.subjectValues) {
            try execute(
                "INSERT INTO leaf_subjects (value, idx) VALUES (?, ?)", [keys.indexValue(.subject, value).blob, index])
        }
    }

    /// Leaves in order of index, opened.
    func entries(_ query: AuditQuery) throws -> [AuditEntry] {
        let found: [Row]
        if let subject = query.subject {
            found = try rows(
                """
                SELECT leaves.* FROM leaves JOIN leaf_subjects USING (idx) WHERE value = ? AND idx >= ?
                ORDER BY idx LIMIT ?
                """,
                [keys.indexValue(.subject, subject.value).blob, Int64(clamping: query.from), query.limit])
        } else {
            found = try rows(
                "SELECT * FROM leaves WHERE idx >= ? ORDER BY idx LIMIT ?", [Int64(clamping: query.from), query.limit])
        }
        return try found.map(entry)
    }

    private func entry(_ row: Row) throws -> AuditEntry {
        let (index, bytes): (Int64, [UInt8]) = (row["idx"], try row.bytes("bytes"))
        let record: AuditRecord?
        do {
            let body = try dataKey(row["data_key"]).open(try row.bytes("body"), context: .leafBody(index))
            record = try Leaf.open(bytes, body: body)
        } catch StoreFailure.dataKeyDestroyed {
            record = nil
        }
        return AuditEntry(index: UInt64(index), leaf: bytes, record: record)
    }
}

extension SealedContext {
    fileprivate static func leafBody(_ index: Int64) -> SealedContext {
        SealedContext(table: "leaves", row: String(index), column: "body")
    }
}
