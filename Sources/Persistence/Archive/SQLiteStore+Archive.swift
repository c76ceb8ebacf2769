public import Audit
import GRDB
import MerkleLog
import Sealing
public import Workflow

/// Moving old leaves out of the database.
extension SQLiteStore {
    /// Moves leaves into segment files in a folder, oldest first: each file is in place durably before its rows go, and
    /// they go in one transaction with `record` (`audit.archived`), which gets the segment's facts as details. Queries
    /// and verification read segments as they read the database; the bodies in them are sealed once more.
    /// - Parameters:
    ///   - limit: moves the longest beginning of the log whose times are all before this.
    ///   - count: leaves of a file, at most.
    /// - Throws: `fault` `audit.rolledBack` where the leaves are not those of the log's root; nothing is moved then.
    ///   `busy` `audit.archiveRunning` where another call, of any process, moves leaves now.
    public func archive(
        before limit: Timestamp, to folder: String, leavesPerSegment count: Int = 100_000, record: AuditRecord
    ) async throws(AdapterError) -> [ArchiveSegment] {
        do {
            let end = try await end(before: limit)
            return try await archive(upTo: UInt64(end), to: folder, leavesPerSegment: count, record: record)
        } catch {
            throw AdapterError(store: error)
        }
    }

    /// The same for all leaves with smaller indexes.
    public func archive(
        upTo end: UInt64, to target: String, leavesPerSegment count: Int = 100_000, record: AuditRecord
    ) async throws(AdapterError) -> [ArchiveSegment] {
        do {
            guard let lock = try FileLock.archiving(folder) else { throw StoreFailure.archiveRunning }
            let segments = try await archiveLocked(upTo: end, to: target, leavesPerSegment: count, record)
            _ = consume lock
            return segments
        } catch {
            throw AdapterError(store: error)
        }
    }

    private func archiveLocked(
        upTo end: UInt64, to target: String, leavesPerSegment count: Int, _ record: AuditRecord
    ) async throws -> [ArchiveSegment] {
        let (start, size) = try await read { transaction in
            (try transaction.archivedSize(), Int64(clamping: try transaction.frontier().size))
        }
        let past = min(Int64(clamping: end), size)
        let bounds = Array(stride(from: start, to: past, by: max(1, count)))
        while try await change({ try $0.sortInSubjects(1_000, keeping: 0) }) > 0 {}
        for (position, first) in bounds.enumerated() {
            let last = position + 1 < bounds.count ? bounds[position + 1] : past
            try await move(first..<last, to: target, record)
        }
        return try await archiveSegments().filter { $0.indexes.lowerBound >= UInt64(start) }
    }

    /// The segments in the order of the log.
    public func archiveSegments() async throws(AdapterError) -> [ArchiveSegment] {
        try await read { try $0.segments().map(\.segment) }
    }

    /// Remembers a folder as the place of all segments whose files are there.
    /// - Returns: how many.
    public func relocateSegments(to folder: String) async throws(AdapterError) -> Int {
        try await change { transaction in
            let found = try transaction.segments().filter { OpenFile.exists("\(folder)/\($0.segment.name)") }
            for row in found {
                try transaction.execute(
                    "UPDATE archive_segments SET folder = ? WHERE start = ?", [folder, row.indexes.lowerBound])
            }
            return found.count
        }
    }

    /// The first leaf that is not before the limit.
    private func end(before limit: Timestamp) async throws -> Int64 {
        let (start, size) = try await read { transaction in
            (try transaction.archivedSize(), Int64(clamping: try transaction.frontier().size))
        }
        var reader = LogReader(self, indexes: start..<max(start, size), filter: LeafFilter(AuditQuery(from: limit)))
        return try await reader.page()?.first?.index ?? size
    }

    private func move(_ indexes: Range<Int64>, to folder: String, _ record: AuditRecord) async throws {
        let root = try await root(at: UInt64(indexes.upperBound))
        let key = try KeyDraft(for: .none, keys: context.keys)
        let file = try await read { transaction in
            try SegmentWriter(indexes: indexes, folder: folder, key: key.key).write(transaction)
        }
        guard file.frontier.root == root else { throw StoreFailure.rolledBack }
        try await change { transaction in
            // What was expired while the file was written must not come back in it.
            guard try transaction.bodyBytes(indexes) == file.bodyBytes else { throw StoreFailure.leaseLost }
            try transaction.add(file, key: try transaction.insert(key), record: record)
        }
    }
}

extension StoreTransaction {
    func bodyBytes(_ indexes: Range<Int64>) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT coalesce(sum(length(body)), 0) FROM leaves WHERE idx >= ? AND idx < ?",
            arguments: [indexes.lowerBound, indexes.upperBound]) ?? 0
    }

    fileprivate func add(_ file: SegmentFile, key: SealingKey, record: AuditRecord) throws {
        try execute(
            """
            INSERT INTO archive_segments (start, past, folder, name, digest, frontier, newest, data_key)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                file.indexes.lowerBound, file.indexes.upperBound, file.folder, file.name, file.digest.bytes.blob,
                file.frontier.serialized.blob, file.newest.microseconds, key.row,
            ])
        var told = record
        told.details["first"] = String(file.indexes.lowerBound)
        told.details["last"] = String(file.indexes.upperBound - 1)
        told.details["digest"] = file.digest.hex
        told.details["root"] = file.frontier.root.base64
        _ = try append([told])
        try execute(
            "DELETE FROM leaves WHERE idx >= ? AND idx < ?", [file.indexes.lowerBound, file.indexes.upperBound])
    }
}
