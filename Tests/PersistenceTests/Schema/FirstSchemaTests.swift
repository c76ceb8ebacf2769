import Audit
import GRDB
import Mapping
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite struct FirstSchemaTests {
    let temporary: TemporaryFolder
    let ring: KeyRing
    let one = storedOrder("1", state: .composed, at: 1, patients: ["A"])
    let both = storedOrder("2", at: 2, patients: ["A", "B"])
    let shredded = storedOrder("3", at: 3, patients: ["C"])

    init() throws {
        temporary = try TemporaryFolder()
        ring = try KeyRing.generate()
        try FirstSchema.write(temporary.folder, ring: ring) { old in
            let (first, second, third) = (
                try old.key(for: ["A"]), try old.key(for: ["B", "A"]), try old.key(for: ["C"])
            )
            try old.add(one, study: Planted.study, sealedBy: first)
            try old.add(both, study: nil, sealedBy: second)
            try old.add(shredded, study: nil, sealedBy: third)
            try old.add(message("m1"), reply: Array("AA".utf8), sealedBy: first)
            try old.addEntry(Array("report".utf8), of: one, sealedBy: first)
            try old.addLeaves(
                [record(patient: "A"), record(patient: "C"), record(patient: "A")], sealedBy: [first, third, second])
            try old.db.execute(
                sql: "UPDATE data_key SET destroyed = 1, wrapped = NULL WHERE id = ?", arguments: [third.id.text])
        }
    }

    @Test func `Orders of the first schema are found by id, key, study and patient`() async throws {
        let store = try SQLiteStore.open(temporary.folder, keys: ring)
        #expect(try await store.order(one.id) == one)
        #expect(try await store.order(both.id) == both)
        let keys = [one, both].flatMap { $0.content.order?.identity.keys ?? [] }
        let found = try await OrderStoreContract.findings(
            Intake(
                message: message("m2"), keys: keys, studies: [Planted.study],
                patients: [identifier("A"), identifier("B")], wantsOrdersOfPatients: true), by: store)
        #expect(found.orders == [one, both])
        #expect(found.keys == [keys[0]: one.id, keys[1]: both.id] && found.studies == [Planted.study: [one.id]])
        #expect(found.patients == [identifier("A"): [one.id, both.id], identifier("B"): [both.id]])
    }

    @Test func `Replies, outbox and log of the first schema go on`() async throws {
        let store = try SQLiteStore.open(temporary.folder, keys: ring)
        let again = try await store.accept(Intake(message: message("m1", at: 5), keys: [])) { findings in
            IntakeDecision(reply: findings.replay)
        }
        #expect(again.reply == Array("AA".utf8))
        let leased = try await store.leaseOutboxEntry(now: time(9), for: .seconds(60))
        #expect(leased?.0.payload == Array("report".utf8) && leased?.0.order == one.id && leased?.0.kind == .report)
        #expect(try await store.record([record(patient: "A")]) == [3])
        let subject = Subject(type: .patient, assigner: "hospital", identifier: "A")
        let entries = try await store.auditEntries(AuditQuery(subject: subject), reading: [])
        #expect(entries.map(\.index) == [0, 2, 3] && entries.allSatisfy { $0.record != nil })
        #expect(
            try await store.auditEntries(AuditQuery(), reading: []).map { $0.record == nil } == [
                false, true, false, false,
            ])
        let verification = try AuditLogFile(temporary.folder).verify(key: ring.checkpointKey().verifier, outside: [])
        #expect(verification.isIntact && verification.size == 4)
    }

    @Test func `Data keys of the first schema still protect their patients, and go on being used`() async throws {
        let store = try SQLiteStore.open(temporary.folder, keys: ring)
        let subject = ring.indexValue(.patient, "hospital|A")
        #expect(try await store.read { try $0.dataKeys(protecting: subject).count } == 2)
        let key = try await store.change { try $0.dataKey(for: PatientSet([identifier("A")], values: $0.values)) }
        #expect(key.row == 1)
        let new = try await store.change { try $0.dataKey(for: PatientSet([identifier("C")], values: $0.values)) }
        #expect(new.row == 4, "a destroyed key is not used again")
    }

    @Test func `The file is whole after the migration, opens again, and keeps its invariants`() async throws {
        _ = try SQLiteStore.open(temporary.folder, keys: ring)
        let store = try SQLiteStore.open(temporary.folder, keys: ring)
        let (violations, left, integrity) = try await store.pool.read { db in
            (
                try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").count,
                try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE name LIKE 'old%'"),
                try String.fetchOne(db, sql: "PRAGMA integrity_check")
            )
        }
        #expect(violations == 0 && left.isEmpty && integrity == "ok")
        for sql in [
            "UPDATE leaves SET bytes = x'00' WHERE idx = 0", "DELETE FROM leaves WHERE idx = 1",
            "UPDATE frontier SET size = 1", "UPDATE orders SET fence = 0",
        ] {
            #expect(throws: DatabaseError.self, "\(sql)") { try store.pool.write { try $0.execute(sql: sql) } }
        }
    }
}
