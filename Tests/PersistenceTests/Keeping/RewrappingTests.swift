import Audit
import GRDB
import Sealing
import Testing

@testable import Persistence

@Suite struct RewrappingTests {
    @Test func `After a rotation every key is under the newest master key, and the older one can go`() async throws {
        let temporary = try TemporaryFolder()
        let ring = try KeyRing.generate()
        let old = try SQLiteStore.open(temporary.folder, keys: ring)
        _ = try await old.record((0..<25).map { record(patient: "P\($0)") })
        let rotated = try ring.adding(MasterKey(id: "m2", key: .random()))
        let store = try SQLiteStore.open(temporary.folder, keys: rotated)
        _ = try await old.record([record(patient: "late")])
        #expect(try await store.wrappedKeyCounts() == ["m1": 26])
        var remaining = [26]
        while let last = remaining.last, last > 0 { remaining.append(try await store.rewrapKeys(batch: 10)) }
        #expect(remaining == [26, 16, 6, 0])
        #expect(try await store.wrappedKeyCounts() == ["m2": 26])
        _ = try await old.record([record(patient: "later")])
        #expect(try await store.rewrapKeys(batch: 10) == 0)
        #expect(try await store.wrappedKeyCounts() == ["m2": 27])
        #expect(try await store.auditEntries(AuditQuery(), reading: []).allSatisfy { $0.record != nil })
    }
}
