import Audit
import GRDB
import Sealing

/// One leaf as it is stored, in the database or in a segment.
struct LeafRow: Sendable {
    let index: Int64
    let leaf: [UInt8]
    /// The row of the data key; 0 where it was not read.
    let dataKey: Int64
    /// Sealed; empty where it expired or was not read.
    let body: [UInt8]
    let subjects: [UInt8]

    init(index: Int64, leaf: [UInt8], dataKey: Int64, body: [UInt8], subjects: [UInt8]) {
        (self.index, self.leaf, self.dataKey, self.body, self.subjects) = (index, leaf, dataKey, body, subjects)
    }

    init(_ row: Row) throws {
        self.init(
            index: row["idx"], leaf: try row.bytes("bytes"), dataKey: row["data_key"], body: try row.bytes("body"),
            subjects: try row.optionalBytes("subjects") ?? [])
    }
}

extension SealedContext {
    static func leafBody(_ index: Int64) -> SealedContext {
        SealedContext(table: "leaves", row: String(index), column: "body")
    }
}

extension StoreTransaction {
    /// The row opened; its record is nil where the key was destroyed or the body is gone.
    func entry(_ row: LeafRow) throws -> AuditEntry {
        guard let body = try body(row) else {
            return AuditEntry(index: UInt64(row.index), leaf: row.leaf, record: nil)
        }
        return AuditEntry(
            index: UInt64(row.index), leaf: row.leaf, record: try Leaf.open(row.leaf, body: body), body: body)
    }

    /// The same, and marked where the body does not open or is another one.
    func entryOrMark(_ row: LeafRow) throws -> AuditEntry {
        do {
            return try entry(row)
        } catch is SealingError {
            return AuditEntry(index: UInt64(row.index), leaf: row.leaf, record: nil, isUnreadable: true)
        } catch is AuditError {
            return AuditEntry(index: UInt64(row.index), leaf: row.leaf, record: nil, isUnreadable: true)
        }
    }

    /// The opened body; nil where the key was destroyed or the body is gone.
    func body(_ row: LeafRow) throws -> [UInt8]? {
        guard !row.body.isEmpty else { return nil }
        do {
            return try dataKey(row.dataKey).open(row.body, context: .leafBody(row.index))
        } catch StoreFailure.dataKeyDestroyed {
            return nil
        }
    }
}
