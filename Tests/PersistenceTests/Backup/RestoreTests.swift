import Audit
import Foundation
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite struct RestoreTests {
    let bench: BackupBench

    init() throws { bench = try BackupBench() }

    private func run(_ event: AuditEventType = .restore) async throws -> StoreRestore.Result {
        let found = try bench.restore.inspect()
        return try await bench.restore.run(found, loses: found.lost > 0, record: bench.event(event))
    }

    private func log() throws -> AuditVerification {
        try AuditLogFile(bench.restored).verify(key: bench.ring.anchorKey(), outside: [bench.outside])
    }

    @Test func `What was backed up can be read again, and the log goes on under its name with the restore in it`()
        async throws
    {
        try await bench.backUp()
        let result = try await run()
        #expect(result.origin == bench.ring.logOrigin)
        #expect(result.size == 6)
        let found = try log()
        #expect(found.isIntact && found.size == 6)
        let store = try SQLiteStore.open(bench.restored, keys: bench.ring)
        let entries = try await store.auditEntries(AuditQuery(), reading: [])
        #expect(entries.prefix(5).allSatisfy { $0.record == record() })
        #expect(entries.last?.record?.event == .restore)
        // Both checkpoints agree: the one from before and the next one.
        #expect(try await store.checkpoint(to: [bench.outside]).size == 6)
    }

    @Test func `Records that were published and are lost show for ever, and the log goes on under its next name`()
        async throws
    {
        try await bench.backUp()
        try await bench.add(3)
        _ = try await bench.store.checkpoint(to: [bench.outside])
        let result = try await run(.logRestored)
        #expect(result.origin == "\(bench.ring.logOrigin)/2")
        let store = try SQLiteStore.open(bench.restored, keys: bench.ring)
        _ = try await store.record([record()])
        _ = try await store.checkpoint(to: [bench.outside])
        let found = try log()
        #expect(found.problems.map(\.code) == [.recordsLost])
        #expect(found.knownLoss == 3)
        #expect(found.restorations.map(\.size) == [5])
        #expect(found.lastOutside?.size == 7)
    }

    @Test func `A second loss takes a name that no checkpoint has yet`() async throws {
        try await bench.backUp()
        try await bench.add(1)
        _ = try await bench.store.checkpoint(to: [bench.outside])
        _ = try await run(.logRestored)
        let second = try SQLiteStore.open(bench.restored, keys: bench.ring)
        _ = try await second.record([record(), record()])
        _ = try await second.checkpoint(to: [bench.outside])
        try second.close()
        try FileManager.default.removeItem(atPath: bench.restored.path)
        #expect(try await run(.logRestored).origin == "\(bench.ring.logOrigin)/3")
    }

    @Test func `Nothing is put over an installation, nor beside a running one, nor with other keys`() async throws {
        try await bench.backUp()
        _ = try await run()
        #expect(await code { try bench.restore.inspect() } == "restore.notEmpty")
        try FileManager.default.removeItem(atPath: bench.restored.databasePath)
        let lock = try FileLock.serving(bench.restored)
        #expect(await code { try bench.restore.inspect() } == "store.served")
        _ = consume lock
        let other = try StoreRestore(
            bench.backup, to: bench.restored, keys: KeyRing.generate(), outside: [bench.outside])
        #expect(await code { try other.inspect() } == "backup.manifest")
    }

    @Test func `A backup that needs a master key which is not in the key file is refused`() async throws {
        try await bench.backUp()
        let secrets = bench.ring.exportedSecrets()
        let poorer = try KeyRing(
            installation: secrets.installation, masters: [MasterKey(id: "m2", key: .random())], index: secrets.index,
            naming: secrets.naming, pseudonym: secrets.pseudonym, signing: secrets.signing[0].seed)
        let restore = StoreRestore(bench.backup, to: bench.restored, keys: poorer, outside: [])
        #expect(await code { try restore.inspect() } == "restore.masterMissing")
    }

    @Test func `A changed backup is not put back`() async throws {
        try await bench.backUp()
        try bench.change("store.sqlite") { $0[$0.count / 2] ^= 1 }
        #expect(await code { try await run() } == "backup.changed")
        #expect(!FileManager.default.fileExists(atPath: bench.restored.databasePath))
    }

    @Test func `What a crash left of a restore is no installation and hinders none`() async throws {
        try await bench.backUp()
        let work = "\(bench.restored.path)/.restoring"
        _ = try DataFolder(creating: bench.restored.path)
        _ = try DataFolder(creating: work)
        try Data([1]).write(to: URL(fileURLWithPath: "\(work)/store.sqlite"))
        try Data([1]).write(to: URL(fileURLWithPath: "\(work)/store.sqlite-wal"))
        try Data([1]).write(
            to: URL(fileURLWithPath: "\(bench.restored.checkpointsPath)/00000000000000000009.checkpoint"))
        _ = try await run()
        #expect(try log().isIntact)
        #expect(!FileManager.default.fileExists(atPath: work))
    }

    private var aside: [String] {
        DataFolder.names(in: bench.copies.folder.path).filter { $0.hasPrefix("data.before-restore-") }
    }

    @Test func `Checkpoints of the folder that is replaced count, and are kept beside it`() async throws {
        try await bench.backUp()
        try await bench.add(3)
        let restored = try DataFolder(creating: bench.restored.path)
        _ = try await bench.store.checkpoint(to: [])
        let name = try #require(DataFolder.names(in: bench.store.folder.checkpointsPath).last { $0.hasSuffix("point") })
        try BackupFiles.copy(
            "\(bench.store.folder.checkpointsPath)/\(name)", to: "\(restored.checkpointsPath)/\(name)")
        #expect(try bench.restore.inspect().lost == 3)
        #expect(try await run(.logRestored).origin == "\(bench.ring.logOrigin)/2")
        let kept = try #require(aside.first)
        #expect(DataFolder.names(in: "\(bench.copies.folder.path)/\(kept)/checkpoints") == [name])
        // Where that restore was cut off, the next one still knows.
        try FileManager.default.removeItem(atPath: bench.restored.databasePath)
        #expect(try bench.restore.inspect().lost == 3)
    }

    @Test func `Segments and parts of a database that lie in the folder are kept beside it`() async throws {
        try await bench.backUp()
        let restored = try DataFolder(creating: bench.restored.path)
        try DataFolder.makeFolder("\(restored.path)/segments")
        try Data([1]).write(to: URL(fileURLWithPath: "\(restored.path)/segments/one"))
        try Data([2]).write(to: URL(fileURLWithPath: "\(restored.path)/store.sqlite-wal"))
        _ = try await run()
        let kept = try #require(aside.first)
        #expect(
            BackupFiles.list("\(bench.copies.folder.path)/\(kept)") == ["segments/one", "store.sqlite-wal"])
    }

    @Test func `What an interrupted restore wrote promised nothing and is not kept`() async throws {
        try await bench.backUp()
        _ = try await run()
        // As a crash before the last rename leaves it.
        let work = "\(bench.restored.path)/.restoring"
        _ = try DataFolder(creating: work)
        try BackupFiles.copy(from: bench.restored.checkpointsPath, to: "\(work)/checkpoints") { _ in true }
        try FileManager.default.removeItem(atPath: bench.restored.databasePath)
        #expect(try bench.restore.inspect().lost == 0)
        #expect(try await run().origin == bench.ring.logOrigin)
        #expect(aside.isEmpty)
    }

    @Test func `Without a checkpoint of this log outside, nothing is known of a loss`() async throws {
        try await bench.backUp()
        #expect(try bench.restore.inspect().knowsLoss)
        for name in DataFolder.names(in: bench.outside.path) {
            try FileManager.default.removeItem(atPath: "\(bench.outside.path)/\(name)")
        }
        #expect(try !bench.restore.inspect().knowsLoss)
        let gone = StoreRestore(
            bench.backup, to: bench.restored, keys: bench.ring,
            outside: [CheckpointFolder(path: "/nowhere", keeper: .outside)])
        #expect(try !gone.inspect().knowsLoss)
    }

    @Test func `A register that cannot be read is neither written over nor passed over`() async throws {
        try await bench.add(2, patient: "P1")
        try await bench.backUp()
        let register = "\(bench.outside.path)/\(DestroyedKeys.name)"
        try FileManager.default.createDirectory(atPath: register, withIntermediateDirectories: false)
        let patient = Subject(type: .patient, assigner: "hospital", identifier: "P1")
        _ = try await bench.store.shred(patient: patient, record: bench.event(.keysDestroy))
        #expect(
            await code { try await bench.store.registerDestroyedKeys(in: [bench.outside]) }
                == "keys.registerUnreadable")
        #expect(await code { try bench.restore.inspect() } == "keys.registerUnreadable")
        try FileManager.default.removeItem(atPath: register)
        // The next call brings it up to date; one more changes nothing.
        try await bench.store.registerDestroyedKeys(in: [bench.outside])
        let first = try FileManager.default.attributesOfItem(atPath: register)[.systemFileNumber] as? Int
        try await bench.store.registerDestroyedKeys(in: [bench.outside])
        #expect(try FileManager.default.attributesOfItem(atPath: register)[.systemFileNumber] as? Int == first)
        #expect(try DestroyedKeys.registered(in: [bench.outside]).count == 1)
    }

    @Test func `A patient who was shredded after the backup is shredded again`() async throws {
        try await bench.add(2, patient: "P1")
        try await bench.backUp()
        let patient = Subject(type: .patient, assigner: "hospital", identifier: "P1")
        _ = try await bench.store.shred(patient: patient, record: bench.event(.keysDestroy))
        try await bench.store.registerDestroyedKeys(in: [bench.outside])
        _ = try await bench.store.checkpoint(to: [bench.outside])
        let result = try await run(.logRestored)
        #expect(result.destroyedAgain == 1)
        let store = try SQLiteStore.open(bench.restored, keys: bench.ring)
        let entries = try await store.auditEntries(AuditQuery(), reading: [])
        #expect(entries.prefix(2).allSatisfy { $0.record == nil })
        #expect(entries[2].record == record())
        #expect(entries.last?.record?.event == .keysDestroy)
    }

    @Test func `A key exchanged after the backup verifies what the restored log signs`() async throws {
        let seed = SigningSeed(seed: .random(), from: 7)
        try await bench.backUp()
        let secrets = bench.ring.exportedSecrets()
        let ring = try KeyRing(
            installation: secrets.installation,
            rotating: RotatingKeys(masters: secrets.masters, signing: secrets.signing + [seed]), index: secrets.index,
            naming: secrets.naming, pseudonym: secrets.pseudonym)
        let (old, new) = (
            try ring.signingKeys(origin: ring.logOrigin)[0], try ring.signingKeys(origin: ring.logOrigin)[1]
        )
        let handover = try KeyHandover(
            origin: LogOrigin(ring.logOrigin), size: 7, from: old.verifier, to: new.verifier)
        try bench.outside.write(handover, note: handover.signed(from: old, to: new))
        let restore = StoreRestore(bench.backup, to: bench.restored, keys: ring, outside: [bench.outside])
        _ = try await restore.run(restore.inspect(), loses: true, record: bench.event(.logRestored))
        let store = try SQLiteStore.open(bench.restored, keys: ring)
        _ = try await store.checkpoint(to: [bench.outside])
        #expect(try log().problems.map(\.code).filter { $0 != .recordsLost } == [])
    }
}
