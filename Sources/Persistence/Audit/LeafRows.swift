import Audit
import Foundation
import GRDB
import MerkleLog
import Sealing

/// The tables `leaves` and `frontier`. Index and frontier are read and written inside the transaction; nothing that
/// outlives it is authoritative.
extension StoreTransaction {
    /// Appends one leaf per record and returns their indexes.
    func append(_ records: [AuditRecord]) throws -> [UInt64] {
        try append(records.map { try LeafDraft($0, context: context, values: values) }, key: nil)
    }

    /// Appends leaves that were prepared before.
    /// - Parameter key: the key for those that tell of the patients to whom it belongs; the others get their own.
    func append(_ leaves: [LeafDraft], key: SealingKey?) throws -> [UInt64] {
        guard !leaves.isEmpty else { return [] }
        var frontier = try batch.frontier ?? frontier()
        let first = frontier.size
        for leaf in leaves {
            let key = if let key, key.subjects == leaf.patients { key } else { try dataKey(for: leaf.patients) }
            try insert(leaf, index: Int64(frontier.size), key: key)
            frontier.append(leaf.hash)
        }
        batch.frontier = frontier
        return Array(first..<frontier.size)
    }

    func frontier() throws -> Frontier {
        guard let row = try row("SELECT bytes FROM frontier WHERE id = 1", []) else { throw StoreFailure.damaged }
        do { return try Frontier(parsing: try row.bytes("bytes")) } catch { throw StoreFailure.damaged }
    }

    func store(_ frontier: Frontier) throws {
        try execute(
            "UPDATE frontier SET size = ?, bytes = ? WHERE id = 1",
            [Int64(frontier.size), frontier.serialized.blob])
    }

    private func insert(_ leaf: LeafDraft, index: Int64, key: SealingKey) throws {
        try execute(
            "INSERT INTO leaves (idx, bytes, data_key, body, subjects) VALUES (?, ?, ?, ?, ?)",
            [
                index, leaf.bytes.blob, key.row, try key.key.seal(leaf.body, context: .leafBody(index)).blob,
                leaf.subjects.blob,
            ])
    }
}
