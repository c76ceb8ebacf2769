import Audit
import Foundation
import GRDB
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite struct AuditLogTests {
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

    func verify() throws -> AuditVerification {
        try AuditLogFile(temporary.folder).verify(key: ring.checkpointKey().verifier, outside: [outside])
    }

    /// Changes the file as somebody would who has the database but not the program.
    func tamper(_ sql: String) throws {
        try store.pool.write { db in
            for trigger in ["leaves_update", "leaves_delete", "leaves_next", "frontier_update", "frontier_delete"] {
                try db.execute(sql: "DROP TRIGGER \(trigger)")
            }
            try db.execute(sql: "PRAGMA defer_foreign_keys = ON")
            try db.execute(sql: sql)
        }
    }

    @Test func `Entries are found by subject and opened; the reading itself comes first into the log`() async throws {
        let subject = Subject(type: .patient, assigner: "hospital", identifier: "P2")
        _ = try await store.record([record(patient: "P1"), record(patient: "P2"), record(patient: "P1")])
        let reading = record(.auditRead, patient: "P9")
        let found = try await store.auditEntries(AuditQuery(subject: subject), reading: [reading])
        #expect(found.map(\.index) == [1])
        #expect(found.first?.record == record(patient: "P2"))
        let all = try await store.auditEntries(AuditQuery(indexes: 2..<9), reading: [])
        #expect(all.map(\.record) == [record(patient: "P1"), reading])
    }

    @Test func `The schema refuses changed, removed and misplaced leaves`() async throws {
        _ = try await store.record([record(), record()])
        for sql in [
            "UPDATE leaves SET bytes = x'00' WHERE idx = 0", "DELETE FROM leaves WHERE idx = 1",
            "INSERT INTO leaves SELECT 5, bytes, data_key, body, subjects FROM leaves WHERE idx = 0",
            "UPDATE frontier SET size = 1", "DELETE FROM frontier",
        ] {
            #expect(throws: DatabaseError.self, "\(sql)") { try store.pool.write { try $0.execute(sql: sql) } }
        }
    }

    @Test(arguments: [
        (
            "UPDATE leaves SET bytes = (SELECT bytes FROM leaves WHERE idx = 0) WHERE idx = 2",
            AuditProblem.Code.rootMismatch
        ),
        ("DELETE FROM leaves WHERE idx = 1", .indexGap),
        ("UPDATE leaves SET bytes = x'7b7d' WHERE idx = 1", .leafMalformed),
        ("DELETE FROM leaves WHERE idx > 1", .truncated),
        ("UPDATE frontier SET bytes = x'00'", .frontierMalformed),
        ("DELETE FROM frontier", .frontierMalformed),
    ])
    func `A file that was tampered with is found out`(sql: String, code: AuditProblem.Code) async throws {
        _ = try await store.record((0..<5).map { record(correlation: "\($0)") })
        try await store.checkpoint(to: [outside])
        #expect(try verify().isIntact)
        try tamper(sql)
        #expect(try verify().problems.contains { $0.code == code })
    }

    @Test func `Checkpoints go inside and elsewhere, and tell how many records are newer`() async throws {
        _ = try await store.record([record(), record()])
        try await store.checkpoint(to: [outside])
        try await store.checkpoint(to: [outside])
        _ = try await store.record([record(), record(), record()])
        let verification = try verify()
        #expect(verification.isIntact && verification.lastOutside?.size == 2 && verification.newerThanOutside == 3)
        #expect(
            DataFolder.names(in: elsewhere.folder.path).filter { $0.hasSuffix("checkpoint") }
                == ["00000000000000000002.checkpoint"])
        #expect(DataFolder.names(in: temporary.folder.checkpointsPath) == ["00000000000000000002.checkpoint"])
    }

    @Test func `A rolled back database signs no second history and is found out`() async throws {
        _ = try await store.record([record()])
        try await store.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        let old = try Data(contentsOf: URL(filePath: temporary.folder.databasePath))
        _ = try await store.record([record(), record()])
        try await store.checkpoint(to: [outside])

        let restored = try TemporaryFolder()
        try old.write(to: URL(filePath: restored.folder.databasePath))
        let rolledBack = try SQLiteStore.open(restored.folder, keys: ring)
        await #expect(throws: AdapterError(.fault, code: "audit.rolledBack")) {
            try await rolledBack.checkpoint(to: [outside])
        }
        #expect(DataFolder.names(in: restored.folder.checkpointsPath).isEmpty)
        let verification = try AuditLogFile(restored.folder)
            .verify(key: ring.checkpointKey().verifier, outside: [outside])
        #expect(verification.problems.map(\.code) == [.truncated])
    }

    @Test func `A record whose data key was destroyed stays verifiable and tells nothing`() async throws {
        _ = try await store.record([record(patient: "P1"), record(patient: "P2")])
        let subject = ring.indexValue(.patient, "hospital|P1")
        try await store.change { transaction in
            for key in try transaction.dataKeys(protecting: subject) {
                try transaction.execute("UPDATE data_key SET destroyed = 1, wrapped = NULL WHERE row = ?", [key])
            }
        }
        let entries = try await store.auditEntries(AuditQuery(), reading: [])
        #expect(entries.map { $0.record == nil } == [true, false])
        #expect(try verify().isIntact)
    }

    @Test func `One patient has one data key; several patients in a record have one of their own`() async throws {
        func keys() throws -> [Int64] {
            try store.pool.read { try Int64.fetchAll($0, sql: "SELECT data_key FROM leaves ORDER BY idx") }
        }
        var both = record(patient: "P1")
        both.subjects.append(Subject(type: .patient, assigner: "hospital", identifier: "P2"))
        _ = try await store.record([record(patient: "P1"), record(patient: "P2"), record(patient: "P1"), both, both])
        let used = try keys()
        #expect(used[0] == used[2] && Set(used).count == 4)
        let protecting = try await store.read { try $0.dataKeys(protecting: ring.indexValue(.patient, "hospital|P2")) }
        #expect(protecting.sorted() == [used[1], used[3], used[4]], "shredding a patient finds the shared ones too")
    }

    @Test func `What an intake brings is sealed with one key, and a shredded patient gets a new one`() async throws {
        func key(_ table: String) throws -> Int64? {
            try store.pool.read { try Int64.fetchOne($0, sql: "SELECT data_key FROM \(table) ORDER BY rowid DESC") }
        }
        for patients in [["A", "B"], ["A"], []] {
            let order = storedOrder(randomUUID(), patients: patients)
            var about = record()
            about.subjects = patients.map { Subject(type: .patient, assigner: "hospital", identifier: $0) }
            let told = about
            _ = try await store.accept(intake(order, message(order.id.value))) { _ in
                IntakeDecision(orders: [order], records: [told], reply: [1], isReplayable: true)
            }
            let keys = try [key("orders"), key("messages"), key("leaves")]
            #expect(Set(keys).count == 1 && keys[0] != nil)
            #expect(try await store.order(order.id) == order)
        }
        let (subject, before) = (ring.indexValue(.patient, "hospital|A"), try key("orders"))
        try await store.change { transaction in
            for key in try transaction.dataKeys(protecting: subject) {
                try transaction.execute("UPDATE data_key SET destroyed = 1, wrapped = NULL WHERE row = ?", [key])
            }
        }
        let order = storedOrder("new", patients: ["A"])
        try await OrderStoreContract.accept(order, by: store)
        #expect(try await store.order(order.id) == order)
        #expect(try key("orders") ?? 0 > before ?? 0)
    }

    @Test func `A message that changes no order is shredded with the patients whom it names`() async throws {
        _ = try await store.accept(Intake(message: message("m"), keys: [], patients: [identifier("A")])) { _ in
            IntakeDecision(records: [record(patient: "A")])
        }
        _ = try await store.accept(Intake(message: message("m"), keys: [], patients: [identifier("A")])) { _ in
            IntakeDecision(records: [record(patient: "A")])
        }
        let keys = try await store.read { try $0.dataKeys(protecting: ring.indexValue(.patient, "hospital|A")) }
        let used = try await store.pool.read { try Set(Int64.fetchAll($0, sql: "SELECT data_key FROM messages")) }
        #expect(used == Set(keys) && keys.count == 1)
    }

    @Test func `A leaf is found by its subjects before and after they are sorted in`() async throws {
        let subject = Subject(type: .patient, assigner: "hospital", identifier: "P3")
        _ = try await store.record((0..<20).map { record(patient: "P\($0 % 5)") })
        for round in 0..<4 {
            let found = try await store.auditEntries(
                AuditQuery(subjects: [subject], indexes: 4..<99, limit: 3), reading: [])
            #expect(found.map(\.index) == [8, 13, 18])
            let sorted = try await store.change { try $0.sortInSubjects(7, keeping: 0) }
            #expect(sorted == [7, 7, 6, 0][round])
        }
    }
}
