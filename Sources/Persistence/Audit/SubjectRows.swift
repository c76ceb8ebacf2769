import GRDB
import MerkleLog

/// Which leaves tell of a subject: sorted into the lookups up to the index in `meta`, and beyond it read from the
/// leaves themselves.
extension StoreTransaction {
    private static let mark = "subjectsSortedTo"

    /// Indexes of leaves that may tell of one of the subjects with these keyed values.
    func indexes(ofSubjects values: [[UInt8]]) throws -> Set<Int64> {
        guard !values.isEmpty else { return [] }
        let sought = Set(values.map { LookupEntry.leading($0) })
        let leaves = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT idx, subjects FROM leaves WHERE idx >= ? ORDER BY idx"),
            arguments: [try sortedTo()])
        var indexes = Set(try lookup(Array(sought)).filter { $0.kind == .leaf }.map(\.row))
        while let row = try leaves.next() {
            let own = try row.optionalBlob(1) ?? []
            if Self.values(own).contains(where: sought.contains) { indexes.insert(row[0]) }
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

    /// The keyed value of a correlation stands among those of the subjects.
    func value(ofCorrelation text: String) -> [UInt8] { values.correlation(text) }

    /// The first leaf whose correlation is in the index.
    func correlationsFrom() throws -> Int64 { Int64(try meta("correlationsFrom") ?? "0") ?? 0 }

    /// The first leaf whose subjects are not sorted in yet.
    func sortedTo() throws -> Int64 { Int64(try meta(Self.mark) ?? "0") ?? 0 }

    static func values(_ bytes: [UInt8]) -> [Int64] {
        stride(from: 0, to: bytes.count, by: LeafDraft.subjectLength).map { LookupEntry.leading(bytes[$0...]) }
    }
}
