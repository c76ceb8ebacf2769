import Audit
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite struct SQLiteStoreContractTests {
    @Test(arguments: OrderStoreContract.all)
    func `The SQLite store keeps the contract of the seam`(check: OrderStoreContract) async throws {
        let temporary = try TemporaryFolder()
        let ring = try KeyRing.generate()
        let store = try SQLiteStore.open(temporary.folder, keys: ring)
        try await check.run(store)
        // Whatever a check does, the log stays whole.
        let key = try ring.checkpointKey().verifier
        let verification = try AuditLogFile(temporary.folder).verify(key: key, outside: [])
        #expect(verification.isIntact)
        #expect(try await store.counts().leaves == verification.size)
    }
}
