import GRDB
import MerkleLog
import Sealing
import Workflow

/// A row of the table `archive_segments`.
struct SegmentRow: Sendable {
    let segment: ArchiveSegment
    let frontier: Frontier
    let dataKey: Int64

    var indexes: Range<Int64> { Int64(segment.indexes.lowerBound)..<Int64(segment.indexes.upperBound) }

    init(_ row: Row) throws {
        let (start, past): (Int64, Int64) = (row["start"], row["past"])
        guard start >= 0, past > start, let frontier = try? Frontier(parsing: row.bytes("frontier")),
            frontier.size == past
        else { throw StoreFailure.damaged }
        self.frontier = frontier
        dataKey = row["data_key"]
        segment = ArchiveSegment(
            indexes: UInt64(start)..<UInt64(past), folder: row["folder"], name: row["name"],
            digest: Hex.encode(try row.bytes("digest")), newest: row.time("newest"),
            isExpired: row["destroyed"] == true)
    }

    static let sql = """
        SELECT archive_segments.*, destroyed FROM archive_segments
            JOIN data_key AS key ON key.row = archive_segments.data_key
        """
}

/// The table `archive_segments`.
extension StoreTransaction {
    /// All segments in the order of the log.
    func segments() throws -> [SegmentRow] {
        try rows(SegmentRow.sql + " ORDER BY start", []).map(SegmentRow.init)
    }

    /// The segment that holds a leaf; nil where the leaf is in the database.
    func segment(of index: Int64) throws -> SegmentRow? {
        try row(SegmentRow.sql + " WHERE start <= ? AND past > ?", [index, index]).map(SegmentRow.init)
    }

    /// How many leaves stand in segments.
    func archivedSize() throws -> Int64 {
        try row("SELECT coalesce(max(past), 0) AS past FROM archive_segments", [])?["past"] ?? 0
    }

    /// The key of a segment; nil where its retention ended.
    func key(of segment: SegmentRow) throws -> DataKey? {
        do { return try dataKey(segment.dataKey) } catch StoreFailure.dataKeyDestroyed { return nil }
    }
}
