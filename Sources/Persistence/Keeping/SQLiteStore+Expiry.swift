public import Audit
import GRDB
import MerkleLog
public import Workflow

/// The end of retention.
extension SQLiteStore {
    /// Leaves that lose their bodies in one transaction.
    private static let slice = 2_000
    /// Ranges of indexes that one record is to name, a page more at most: repositories do not take records of any
    /// length.
    private static let rangesOfSlice = 100

    /// Takes away the bodies of all leaves from before `limit`, except what legal holds cover, and destroys the keys of
    /// segments that are older as a whole and hold nothing of it. Leaves stay: the log is verified as before; records in
    /// the database that tell of what was destroyed or moved keep their bodies, which name no patient. `record`
    /// (`audit.expired`) is appended with the counts as details, once for each transaction.
    /// - Throws: `conflict` `keys.legalHold` where a hold was set or removed meanwhile; what was done until then stays.
    /// - Returns: how many leaves lost their bodies, those of segments included.
    public func expireBodies(before limit: Timestamp, record: AuditRecord) async throws(AdapterError) -> UInt64 {
        do {
            let held = try await heldLeaves()
            guard !held.isEverything else { return 0 }
            let segments = try await expireSegments(before: limit, held: held, record: record)
            return try await segments + expireLeaves(before: limit, held: held, record: record)
        } catch {
            throw AdapterError(store: error)
        }
    }

    private func expireLeaves(before limit: Timestamp, held: HeldLeaves, record: AuditRecord) async throws -> UInt64 {
        let (start, size) = try await read { transaction in
            (try transaction.archivedSize(), Int64(clamping: try transaction.frontier().size))
        }
        var reader = LogReader(
            self, indexes: start..<max(start, size), filter: LeafFilter(AuditQuery(until: limit)))
        var (indexes, count): ([Int64], UInt64) = ([], 0)
        while let rows = try await reader.page() {
            indexes += rows.filter { !$0.body.isEmpty && !$0.tellsOfKeeping && !held.covers($0) }.map(\.index)
            guard indexes.count >= Self.slice || IndexRanges(indexes).ranges.count >= Self.rangesOfSlice else {
                continue
            }
            count += try await expire(indexes, before: limit, held: held, record)
            indexes = []
        }
        return try await count + expire(indexes, before: limit, held: held, record)
    }

    private func expire(
        _ indexes: [Int64], before limit: Timestamp, held: HeldLeaves, _ record: AuditRecord
    ) async throws -> UInt64 {
        guard !indexes.isEmpty else { return 0 }
        return try await change { transaction in
            var gone: [Int64] = []
            try transaction.checkHolds(of: held)
            for index in indexes {
                try transaction.execute("UPDATE leaves SET body = x'' WHERE idx = ? AND body <> x''", [index])
                if transaction.db.changesCount > 0 { gone.append(index) }
            }
            guard let first = gone.first, let last = gone.last else { return 0 }
            var told = record
            told.details["count"] = String(gone.count)
            told.details["indexes"] = IndexRanges(gone).text
            told.details["first"] = String(first)
            told.details["last"] = String(last)
            told.details["before"] = String(decoding: LeafFilter.text(limit), as: UTF8.self)
            _ = try transaction.append([told])
            return UInt64(gone.count)
        }
    }

    private func expireSegments(before limit: Timestamp, held: HeldLeaves, record: AuditRecord) async throws -> UInt64 {
        var count: UInt64 = 0
        for row in try await read({ try $0.segments() }) where !row.segment.isExpired && row.segment.newest < limit {
            guard try await !holds(row, held) else { continue }
            try await change { transaction in
                try transaction.checkHolds(of: held)
                var told = record
                told.details["count"] = String(row.indexes.count)
                told.details["first"] = String(row.indexes.lowerBound)
                told.details["last"] = String(row.indexes.upperBound - 1)
                told.details["before"] = String(decoding: LeafFilter.text(limit), as: UTF8.self)
                told.details["keysDigest"] = try transaction.digest(of: [row.dataKey])
                let index = try transaction.append([told]).first ?? 0
                try transaction.destroy([row.dataKey], told: index)
            }
            count += UInt64(row.indexes.count)
        }
        return count
    }

    /// Whether a hold covers a leaf of the segment.
    private func holds(_ row: SegmentRow, _ held: HeldLeaves) async throws -> Bool {
        if held.indexes.contains(where: row.indexes.contains) { return true }
        guard !held.dataKeys.isEmpty || !held.correlations.isEmpty else { return false }
        var reader = LogReader(self, indexes: row.indexes, filter: LeafFilter(AuditQuery()))
        while let rows = try await reader.page() {
            if rows.contains(where: held.covers) { return true }
        }
        return false
    }
}

extension LeafRow {
    /// Whether the record tells of what was destroyed or moved: the deep check needs it.
    var tellsOfKeeping: Bool {
        switch LeafText(leaf).text("event").flatMap(AuditEventType.init(rawValue:)) {
        case .keysDestroy, .bodiesExpired, .segmentArchived, .logRestored: true
        default: false
        }
    }
}
