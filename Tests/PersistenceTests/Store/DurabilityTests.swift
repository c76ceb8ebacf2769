import Audit
import Foundation
import GRDB
import Mapping
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite struct DurabilityTests {
    let temporary: TemporaryFolder
    let ring: KeyRing
    let store: SQLiteStore

    init() throws {
        temporary = try TemporaryFolder()
        ring = try KeyRing.generate()
        store = try SQLiteStore.open(temporary.folder, keys: ring)
    }

    func verify(_ folder: DataFolder) throws -> AuditVerification {
        try AuditLogFile(folder).verify(key: ring.checkpointKey().verifier, outside: [])
    }

    @Test func `Every commit is synced: synchronous is FULL in WAL mode, as SQLite itself says`() throws {
        let (synchronous, journal) = try store.pool.writeWithoutTransaction { db in
            (try Int.fetchOne(db, sql: "PRAGMA synchronous"), try String.fetchOne(db, sql: "PRAGMA journal_mode"))
        }
        #expect(synchronous == 2)
        #expect(journal == "wal")
    }

    @Test func `The folder is for its owner only, and so is every file in it`() async throws {
        _ = try await store.record([record()])
        _ = try FileLock.serving(temporary.folder)
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(temporary.folder.path) == 0o700)
        #expect(try mode(temporary.folder.scratchPath) == 0o700)
        let files = try temporary.bytes().keys
        #expect(Set(files).isSuperset(of: ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "serve.lock"]))
        for file in files { #expect(try mode(temporary.folder.path + "/" + file) == 0o600, "\(file)") }
    }

    @Test func `No identifier stands in any file of the folder`() async throws {
        let order = storedOrder("1", state: .parked, patients: [Planted.patient, Planted.patient + "2"])
        try await OrderStoreContract.accept(order, by: store, study: Planted.study)
        _ = try await OrderStoreContract.composed("2", by: store)
        try await store.keep(message("junk"), records: [record(.messageKept)])
        let scratch = SealedScratchFolder(temporary.folder, keys: ring, removesLeftovers: true)
        _ = try await scratch.write { writer throws(AdapterError) in
            try await writer.append(Array("DICOM \(Planted.family) \(Planted.patient)".utf8)[...])
        }
        let files = try temporary.bytes()
        #expect(files.values.contains { holds($0, "service|imaging-gateway") }, "leaves are there in the clear")
        for (name, bytes) in files {
            for planted in Planted.all + ["hospital|", ring.exportedSecrets().masters[0].id + "key"] {
                #expect(!holds(bytes, planted), "\(name)")
            }
            #expect(!Data(bytes).contains(Data(ring.signingSeed.exposedBytes)))
        }
    }

    @Test func `What a crash leaves at any moment opens, verifies, and holds all that was acknowledged`() async throws {
        try await store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
        for round in 0..<4 {
            let acknowledged = try await withThrowingTaskGroup(of: [UInt64].self) { group in
                for number in 0..<40 { group.addTask { try await store.record([record(correlation: "\(number)")]) } }
                // The copy is taken while others are still committing: what a process killed now would leave.
                var acknowledged = 0
                for _ in 0..<10 { acknowledged += try await group.next()?.count ?? 0 }
                let total = acknowledged + round * 40
                try checkCrashImage(holding: UInt64(total))
                try await group.waitForAll()
                return total
            }
            #expect(acknowledged == 10 + round * 40)
        }
    }

    private func checkCrashImage(holding acknowledged: UInt64) throws {
        let image = try TemporaryFolder()
        for suffix in ["", "-wal"] {
            try? FileManager.default.removeItem(atPath: image.folder.databasePath + suffix)
            try FileManager.default.copyItem(
                atPath: temporary.folder.databasePath + suffix, toPath: image.folder.databasePath + suffix)
        }
        let reopened = try SQLiteStore.open(image.folder, keys: ring)
        let verification = try verify(image.folder)
        #expect(verification.isIntact && verification.size >= acknowledged)
        _ = reopened
    }

    @Test func `A store that is opened again goes on where it was`() async throws {
        let order = try await OrderStoreContract.composed("1", by: store)
        let again = try SQLiteStore.open(temporary.folder, keys: ring)
        #expect(try await again.order(order.id) == order)
        #expect(try await again.record([record()]) == [2])
    }

    @Test func `Keys of another installation do not open the folder`() throws {
        #expect(throws: AdapterError(.fault, code: "store.keysMismatch")) {
            try SQLiteStore.open(temporary.folder, keys: try KeyRing.generate())
        }
    }

    @Test func `A file of a later version, and one that is no database, are refused`() throws {
        try store.pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99')") }
        #expect(throws: AdapterError(.fault, code: "store.schemaNewer")) {
            try SQLiteStore.open(temporary.folder, keys: ring)
        }
        let other = try TemporaryFolder()
        try Data("no database at all, but long enough to be looked at".utf8)
            .write(to: URL(filePath: other.folder.databasePath))
        #expect(throws: AdapterError(.fault, code: "store.damaged")) {
            try SQLiteStore.open(other.folder, keys: ring)
        }
    }

    @Test func `Only one process serves a folder`() throws {
        let first = try FileLock.serving(temporary.folder)
        #expect(throws: AdapterError(.busy, code: "store.served")) { _ = try FileLock.serving(temporary.folder) }
        _ = consume first
        _ = try FileLock.serving(temporary.folder)
    }
}
