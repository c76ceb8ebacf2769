import Audit
import GRDB
import MerkleLog
import Sealing

/// Every leaf of a database without keys, of any schema, whatever somebody put into it.
struct LogWalk {
    let db: Database
    /// Where segments are looked for, beside the folders where they were written.
    let folders: [String]

    func verify(_ verifier: AuditVerifier) throws -> AuditVerification {
        var pipeline = VerifierPipeline(verifier)
        for segment in try segments() { add(segment, to: &pipeline) }
        try leaves { index, leaf in pipeline.add(index: UInt64(bitPattern: index), leaf: leaf) }
        let frontier = try Row.fetchOne(db, sql: "SELECT bytes FROM frontier WHERE id = 1")
        return pipeline.finish(storedFrontier: frontier.map { (try? $0.bytes("bytes")) ?? [] })
    }

    /// The hashes of the first leaves.
    /// - Throws: `segmentMissing`, `segmentChanged`, `damaged` for a log that is not whole.
    func hashes(upTo size: UInt64?) throws -> [MerkleHash] {
        var hashes: [MerkleHash] = []
        for segment in try segments() where UInt64(hashes.count) < size ?? .max {
            var reader = try segment.open(nil, folders: folders)
            while let row = try reader.nextLeaf() { hashes.append(.leaf(row.leaf)) }
        }
        try leaves { _, leaf in hashes.append(.leaf(leaf)) }
        guard let size else { return hashes }
        guard UInt64(hashes.count) >= size else { throw StoreFailure.damaged }
        return Array(hashes.prefix(Int(size)))
    }

    /// A segment counts as what was written, or not at all: its bodies are no leaves, but their change is one of the
    /// archive too.
    private func add(_ row: SegmentRow, to pipeline: inout VerifierPipeline) {
        guard let path = row.segment.path(in: folders) else {
            return pipeline.skip(to: row.frontier, because: .segmentMissing, at: row.segment.name)
        }
        guard (try? OpenFile.digest(of: path))?.hex == row.segment.digest,
            var reader = try? SegmentReader(path, of: row.indexes, name: row.segment.name, key: nil)
        else { return pipeline.skip(to: row.frontier, because: .segmentChanged, at: row.segment.name) }
        while let leaf = try? reader.nextLeaf() {
            pipeline.add(index: UInt64(bitPattern: leaf.index), leaf: leaf.leaf)
        }
    }

    private func leaves(_ body: (_ index: Int64, _ leaf: [UInt8]) -> Void) throws {
        let leaves = try Row.fetchCursor(db, sql: "SELECT idx, bytes FROM leaves ORDER BY idx")
        while let row = try leaves.next() {
            // What is no leaf is a problem to report, never a reason to stop.
            let index = Int64.fromDatabaseValue(row[0]) ?? -1
            body(index, (try? row.blob(1)) ?? [])
        }
    }

    private func segments() throws -> [SegmentRow] {
        guard try db.tableExists("archive_segments") else { return [] }
        return try Row.fetchAll(db, sql: SegmentRow.sql + " ORDER BY start").compactMap { try? SegmentRow($0) }
    }
}
