import Audit
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite struct EpochTests {
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

    @Test func `After a declared loss the tree goes on under the next name, and old checkpoints stay what they are`()
        async throws
    {
        _ = try await store.record([record(), record(), record()])
        try await store.checkpoint(to: [outside])
        let first = store.logOrigin
        // An older copy: two leaves of three are lost, as far as the outside folder knows.
        let restored = try TemporaryFolder()
        let older = try SQLiteStore.open(restored.folder, keys: ring)
        _ = try await older.record([record()])
        #expect(try await older.beginEpoch(record: record(.logRestored)) == 1)
        #expect(older.logOrigin == first + "/2")
        _ = try await older.record([record(), record()])
        let checkpoint = try await older.checkpoint(to: [outside])
        #expect(checkpoint.origin == first + "/2" && checkpoint.size == 4)
        _ = try await older.record([record()])
        try await older.checkpoint(to: [outside])
        let again = try SQLiteStore.open(restored.folder, keys: ring)
        #expect(again.logOrigin == first + "/2")
        #expect(try await again.checkpoint(to: [outside]).size == 5)
        #expect(
            DataFolder.names(in: elsewhere.folder.path).filter { $0.hasSuffix("checkpoint") } == [
                "00000000000000000003.checkpoint", "00000000000000000004.2.checkpoint",
                "00000000000000000005.2.checkpoint",
            ])
        let verification = try AuditLogFile(restored.folder)
            .verify(key: ring.checkpointKey().verifier, outside: [outside])
        #expect(verification.problems.map(\.code) == [.recordsLost] && verification.knownLoss == 2)
        #expect(verification.lastOutside?.size == 5)
    }
}
