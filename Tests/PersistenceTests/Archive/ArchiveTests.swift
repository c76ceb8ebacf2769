import Audit
import Foundation
import GRDB
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite struct ArchiveTests {
    let temporary: TemporaryFolder
    let elsewhere: TemporaryFolder
    let ring: KeyRing
    let store: SQLiteStore

    init() throws {
        temporary = try TemporaryFolder()
        elsewhere = try TemporaryFolder()
        ring = try KeyRing.generate()
        store = try SQLiteStore.open(temporary.folder, keys: ring)
    }

    var outside: CheckpointFolder { CheckpointFolder(path: elsewhere.folder.path, keeper: .outside) }

    func verify(_ folders: [String] = []) throws -> AuditVerification {
        try AuditLogFile(temporary.folder, archiveFolders: folders)
            .verify(key: ring.checkpointKey().verifier, outside: [outside])
    }

    func filled(_ count: Int, upTo end: UInt64, per segment: Int) async throws -> [ArchiveSegment] {
        _ = try await store.record(
            (0..<count).map {
                AuditQueryTests.told(.orderRead, "P\($0 % 3)", correlation: "\($0 % 5)", at: Int64($0))
            })
        try await store.checkpoint(to: [outside])
        return try await store.archive(
            upTo: end, to: elsewhere.folder.path, leavesPerSegment: segment, record: record(.segmentArchived))
    }

    @Test func `Archived leaves leave the database and stay in the log, in queries and in proofs`() async throws {
        let hashes = { try await store.leafHashes(upTo: 20) }
        _ = try await filled(0, upTo: 0, per: 1)
        let segments = try await filled(20, upTo: 15, per: 6)
        #expect(segments.map(\.indexes) == [0..<6, 6..<12, 12..<15])
        #expect(try await store.pool.read { try Int.fetchOne($0, sql: "SELECT min(idx) FROM leaves") } == 15)
        let verification = try verify()
        #expect(verification.isIntact && verification.size == 23 && verification.lastOutside?.size == 20)
        #expect(MerkleTree(leaves: try await hashes()).root == verification.lastOutside?.root)
        let all = try await store.auditEntries(AuditQuery(), reading: [])
        #expect(all.map(\.index) == Array(0..<23) && all.allSatisfy { $0.record != nil })
        let subject = Subject(type: .patient, assigner: "hospital", identifier: "P1")
        let found = try await store.auditEntries(AuditQuery(subjects: [subject]), reading: [])
        #expect(found.map(\.index) == [1, 4, 7, 10, 13, 16, 19])
        let later = try await store.auditEntries(AuditQuery(from: time(10), until: time(17)), reading: [])
        #expect(later.map(\.index) == Array(10..<17))
        #expect(try await store.verifyRecords(reading: []).isIntact)
        try await store.checkpoint(to: [outside])
        #expect(try verify().isIntact)
    }

    @Test func `A store that opens an archived log signs its checkpoints and goes on appending`() async throws {
        _ = try await filled(9, upTo: 8, per: 8)
        let again = try SQLiteStore.open(temporary.folder, keys: ring)
        #expect(try await again.checkpoint(to: [outside]).size == 10)
        #expect(try await again.record([record()]) == [10])
        let more = try await again.archive(upTo: 11, to: elsewhere.folder.path, record: record(.segmentArchived))
        #expect(more.map(\.indexes) == [8..<11])
        #expect(try verify().isIntact && verify().size == 12)
    }

    @Test func `Only the beginning of the log that is old enough is archived`() async throws {
        _ = try await store.record(
            [1, 2, 9, 3].map { AuditQueryTests.told(.orderRead, "P", correlation: "\($0)", at: $0) })
        let segments = try await store.archive(
            before: time(5), to: elsewhere.folder.path, record: record(.segmentArchived))
        #expect(segments.map(\.indexes) == [0..<2] && segments.first?.newest == time(2))
        #expect(try await store.archive(before: time(5), to: elsewhere.folder.path, record: record()).isEmpty)
    }

    @Test func `A missing, changed or shortened segment is a problem with its own code, and never a crash`()
        async throws
    {
        let segments = try await filled(20, upTo: 12, per: 6)
        let path = try "\(elsewhere.folder.path)/\(#require(segments.first).name)"
        let whole = try Data(contentsOf: URL(filePath: path))
        for length in [0, 1, 80, whole.count / 3, whole.count - 1] {
            try whole.prefix(length).write(to: URL(filePath: path))
            #expect(try verify().problems.map(\.code) == [.segmentChanged], "\(length) bytes")
        }
        for position in stride(from: 0, to: whole.count, by: whole.count / 40) {
            var changed = whole
            changed[position] ^= 1
            try changed.write(to: URL(filePath: path))
            #expect(try verify().problems.map(\.code) == [.segmentChanged], "byte \(position)")
        }
        #expect(try await store.verifyRecords(reading: []).problems.map(\.code) == [.segmentUnreadable])
        try FileManager.default.removeItem(atPath: path)
        let verification = try verify()
        #expect(verification.problems.map(\.code) == [.segmentMissing])
        #expect(verification.lastOutside?.size == 20, "what stands behind is verified all the same")
        await #expect(throws: AdapterError(.fault, code: "audit.segmentMissing")) {
            _ = try await store.auditEntries(AuditQuery(), reading: [])
        }
        try await store.checkpoint(to: [outside])
        try whole.write(to: URL(filePath: temporary.folder.path + "/" + segments[0].name))
        #expect(try verify([temporary.folder.path]).isIntact)
        #expect(try await store.relocateSegments(to: temporary.folder.path) == 1)
        #expect(try verify().isIntact)
        #expect(try await store.auditEntries(AuditQuery(), reading: []).count == 22)
    }

    @Test func `A remembered frontier that is not true is found out by the checkpoints behind it`() async throws {
        let segments = try await filled(8, upTo: 4, per: 4)
        try FileManager.default.removeItem(atPath: "\(elsewhere.folder.path)/\(segments[0].name)")
        var forged = Frontier()
        for _ in 0..<4 { forged.append(.leaf([1])) }
        let bytes = forged.serialized.blob
        try await store.pool.write { db in
            try db.execute(sql: "DROP TRIGGER archive_segments_update")
            try db.execute(sql: "UPDATE archive_segments SET frontier = ?", arguments: [bytes])
        }
        let codes = try verify().problems.map(\.code)
        #expect(
            codes.contains(.segmentMissing) && codes.contains(.checkpointInconsistent) && codes.contains(.rootMismatch))
    }

    @Test func `The schema lets rows go only where they stand in a segment, and bodies only become empty`() async throws
    {
        _ = try await filled(6, upTo: 3, per: 3)
        for sql in [
            "DELETE FROM leaves WHERE idx = 5", "UPDATE leaves SET body = x'01' WHERE idx = 5",
            "UPDATE leaves SET bytes = x'' WHERE idx = 5", "UPDATE leaves SET subjects = NULL WHERE idx = 5",
            "UPDATE leaves SET data_key = 1 WHERE idx = 6", "DELETE FROM archive_segments",
            "UPDATE archive_segments SET past = 4", "UPDATE archive_segments SET digest = zeroblob(32)",
            "INSERT INTO archive_segments SELECT 4, 5, folder, name, digest, frontier, newest, data_key FROM archive_segments",
            "INSERT INTO archive_segments SELECT 3, 99, folder, name, digest, frontier, newest, data_key FROM archive_segments",
            "UPDATE frontier SET size = 3",
            "INSERT INTO leaves SELECT 3, bytes, data_key, body, subjects FROM leaves LIMIT 1",
        ] {
            #expect(throws: DatabaseError.self, "\(sql)") { try store.pool.write { try $0.execute(sql: sql) } }
        }
        try await store.pool.write { try $0.execute(sql: "UPDATE leaves SET body = x'' WHERE idx = 5") }
    }

    @Test func `A file without its row is never written over, and a disk that fails leaves the leaves where they are`()
        async throws
    {
        _ = try await filled(6, upTo: 0, per: 3)
        await #expect(throws: AdapterError(.fault, code: "store.file")) {
            _ = try await store.archive(upTo: 3, to: "/nonexistent", record: record(.segmentArchived))
        }
        #expect(try await store.archiveSegments().isEmpty)
        let (key, row) = (DataKey.random(), Int64(0)..<3)
        let folder = elsewhere.folder.path
        let orphan = try await store.read { transaction in
            try SegmentWriter(indexes: row, folder: folder, key: key).write(transaction)
        }
        let made = try await store.archive(upTo: 3, to: folder, record: record(.segmentArchived))
        #expect(try made.count == 1 && made[0].name != orphan.name && verify().isIntact)
        #expect(try OpenFile.digest(of: "\(folder)/\(orphan.name)") == orphan.digest)
        #expect(throws: AdapterError(.fault, code: "store.file")) {
            try writeDurably(folder: folder, name: orphan.name, replacing: false) { file throws(AdapterError) in
                try file.write([1])
            }
        }
        #expect(try OpenFile.digest(of: "\(folder)/\(orphan.name)") == orphan.digest)
        #expect(!DataFolder.names(in: folder).contains { $0.hasSuffix(".new") })
    }

    @Test func `Of two runs that would archive at once one is refused, and no body is lost`() async throws {
        _ = try await filled(12, upTo: 0, per: 3)
        let other = try SQLiteStore.open(temporary.folder, keys: ring)
        guard let lock = try FileLock.archiving(temporary.folder) else { throw Missing() }
        await #expect(throws: AdapterError(.busy, code: "audit.archiveRunning")) {
            _ = try await other.archive(upTo: 9, to: elsewhere.folder.path, record: record(.segmentArchived))
        }
        _ = consume lock
        let folder = elsewhere.folder.path
        @Sendable func archive(_ store: SQLiteStore) async -> String {
            do throws(AdapterError) {
                let made = try await store.archive(
                    upTo: 9, to: folder, leavesPerSegment: 3, record: record(.segmentArchived))
                return "\(made.count)"
            } catch {
                return error.code
            }
        }
        async let (first, second) = (archive(store), archive(other))
        let ends = await [first, second]
        // The second may also have come when the first was done.
        #expect(ends.contains("3") && Set(ends).isSubset(of: ["3", "0", "audit.archiveRunning"]), "\(ends)")
        let deep = try await store.verifyRecords(reading: [])
        #expect(try deep.isIntact && verify().isIntact, "\(deep.problems)")
        let all = try await store.auditEntries(AuditQuery(), reading: [])
        #expect(all.count == 15 && all.allSatisfy { $0.record != nil })
    }

    @Test func `A segment holds no identifier, and its bodies open only with its key`() async throws {
        let segments = try await filled(6, upTo: 6, per: 6)
        _ = try await store.record([record()])
        _ = try await store.archive(upTo: 8, to: elsewhere.folder.path, record: record(.segmentArchived))
        for (name, bytes) in try elsewhere.bytes() {
            for planted in Planted.all { #expect(!holds(bytes, planted), "\(planted) in \(name)") }
        }
        let row = try #require(try await store.read { try $0.segments().first })
        var reader = try row.open(DataKey.random(), folders: [])
        #expect(throws: StoreFailure.segmentChanged) { _ = try reader.nextLeaf() }
        #expect(segments.first?.isExpired == false)
    }
}
