import Audit
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite struct TwoPoolsTests {
    @Test func `Two programs that append to one folder at once make one log that does not fork`() async throws {
        let temporary = try TemporaryFolder()
        let ring = try KeyRing.generate()
        let stores = [
            try SQLiteStore.open(temporary.folder, keys: ring), try SQLiteStore.open(temporary.folder, keys: ring),
        ]
        let indexes = try await withThrowingTaskGroup(of: [UInt64].self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var indexes: [UInt64] = []
                    for turn in 0..<20 {
                        let store = stores[worker % 2]
                        indexes += try await store.record([record(patient: "P\(worker)"), record(patient: "P\(turn)")])
                        if turn == 10, worker == 0 {
                            _ = try await store.archive(
                                upTo: 8, to: temporary.folder.path, record: record(.segmentArchived))
                        }
                    }
                    return indexes
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(indexes).count == indexes.count && indexes.count == 320)
        let verification = try AuditLogFile(temporary.folder)
            .verify(key: ring.checkpointKey().verifier, outside: [])
        #expect(verification.isIntact && verification.size == 321)
        for store in stores {
            #expect(try await store.checkpoint(to: []).size == 321)
            #expect(try await store.verifyRecords(reading: []).isIntact)
        }
    }
}
