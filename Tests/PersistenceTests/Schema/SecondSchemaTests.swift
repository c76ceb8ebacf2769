import Audit
import GRDB
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

/// A folder as the second schema had it: leaves of that time have no correlation in their index.
@Suite struct SecondSchemaTests {
    let temporary: TemporaryFolder
    let ring: KeyRing

    init() throws {
        temporary = try TemporaryFolder()
        ring = try KeyRing.generate()
        let pool = try DatabasePool(path: temporary.folder.databasePath)
        try Migrations.migrate(pool, upTo: "2")
        let ring = ring
        try pool.write { db in
            try db.execute(
                sql: "INSERT INTO meta (name, value) VALUES ('installation', ?)", arguments: [ring.installation])
            var frontier = Frontier()
            for (index, patient) in ["A", "B", "A"].enumerated() {
                let key = DataKey.random()
                let wrapped = try ring.wrap(key)
                let subject = ring.indexValue(.patient, "hospital|\(patient)")
                try db.execute(
                    sql: "INSERT INTO data_key (id, subjects, master, wrapped) VALUES (?, ?, ?, ?)",
                    arguments: [key.id.text, subject.blob, wrapped.masterID, wrapped.bytes.blob])
                let number = db.lastInsertedRowID
                try db.execute(
                    sql: "INSERT INTO lookup (value, target) VALUES (?, ?)",
                    arguments: [LookupEntry.leading(subject), number << 3 | LookupKind.dataKey.rawValue])
                let told = record(correlation: patient, patient: patient)
                let leaf = try Leaf.prepare(told, log: ring.logOrigin, randomness: randomBytes)
                let subjects = leaf.subjectValues.flatMap { ring.indexValue(.subject, $0).prefix(8) }
                let context = SealedContext(table: "leaves", row: String(index), column: "body")
                try db.execute(
                    sql: "INSERT INTO leaves (idx, bytes, data_key, body, subjects) VALUES (?, ?, ?, ?, ?)",
                    arguments: [
                        index, leaf.bytes.blob, number, try key.seal(leaf.body, context: context).blob, subjects.blob,
                    ])
                frontier.append(.leaf(leaf.bytes))
            }
            try db.execute(
                sql: "UPDATE frontier SET size = ?, bytes = ?",
                arguments: [Int64(frontier.size), frontier.serialized.blob])
        }
        try pool.close()
    }

    func verify() throws -> AuditVerification {
        try AuditLogFile(temporary.folder).verify(key: ring.checkpointKey().verifier, outside: [])
    }

    @Test func `A folder of the second schema is verified before it is migrated, and after`() async throws {
        let before = try verify()
        #expect(before.isIntact && before.size == 3)
        let store = try SQLiteStore.open(temporary.folder, keys: ring)
        #expect(try verify() == before)
        let version = try await store.pool.read {
            try String.fetchAll($0, sql: "SELECT identifier FROM grdb_migrations")
        }
        #expect(version == ["1", "2", "3", "4", "5"])
    }

    @Test func `Old leaves are found, archived, shredded and expired as new ones are`() async throws {
        let store = try SQLiteStore.open(temporary.folder, keys: ring)
        _ = try await store.record([record(.reportPost, correlation: "A", patient: "C")])
        let patient = Subject(type: .patient, assigner: "hospital", identifier: "A")
        let found = try await store.auditEntries(
            AuditQuery(subjects: [patient], includesCorrelated: true), reading: [])
        #expect(found.map(\.index) == [0, 2, 3])
        _ = try await store.archive(upTo: 2, to: temporary.folder.path, record: record(.segmentArchived))
        #expect(try await store.verifyRecords(reading: []).isIntact)
        #expect(try await store.shred(patient: patient, record: record(.keysDestroy)).keys == 2)
        _ = try await store.expireBodies(before: Timestamp(microseconds: .max), record: record(.bodiesExpired))
        #expect(try await store.verifyRecords(reading: []).isIntact)
        #expect(try verify().isIntact)
    }
}
