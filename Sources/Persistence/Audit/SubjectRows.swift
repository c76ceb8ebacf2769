import GRDB
import MerkleLog

/// Which leaves tell of a subject: sorted into the lookups up to the index in `meta`, and beyond it read from the
/// leaves themselves.
extension StoreTransaction {
    private static let mark = "subjectsSortedTo"

    /// Indexes of leaves that may tell of the subject with this keyed value, in order.
    func indexes(ofSubject value: [UInt8]) throws -> [Int64] {
        let sought = LookupEntry.leading(value)
        let leaves = try Row.fetchCursor(
            db, sql: "SELECT idx, subjects FROM leaves WHERE idx >= ? ORDER BY idx", arguments: [try sortedTo()])
        var indexes = try rows(with: value, .leaf)
        while let row = try leaves.next() {
            if Self.values(try row.optionalBytes("subjects") ?? []).contains(sought) { indexes.append(row["idx"]) }
        }
        return indexes
    }

    /// Sorts in the subjects of the oldest leaves, `count` at most; `keeping` of the newest may stay as they are.
    /// - Returns: how many leaves were done.
    func sortInSubjects(_ count: Int, keeping: Int) throws -> Int {
        let start = try sortedTo()
        guard Int64(try frontier().size) - start > keeping else { return 0 }
        let leaves = try rows(
            "SELECT idx, subjects FROM leaves WHERE idx >= ? ORDER BY idx LIMIT ?", [start, count])
        guard let last = leaves.last?["idx"] as Int64? else { return 0 }
        try insert(
            leaves.flatMap { row in
                Self.values(try row.optionalBytes("subjects") ?? []).map {
                    LookupEntry(value: $0, target: row["idx"] << 3 | LookupKind.leaf.rawValue)
                }
            })
        try setMeta(Self.mark, String(last + 1))
        return leaves.count
    }

    private func sortedTo() throws -> Int64 { Int64(try meta(Self.mark) ?? "0") ?? 0 }

    private static func values(_ bytes: [UInt8]) -> [Int64] {
        stride(from: 0, to: bytes.count, by: LeafDraft.subjectLength).map { LookupEntry.leading(bytes[$0...]) }
    }
}
