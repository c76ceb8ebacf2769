import Audit
import GRDB
import Sealing
import Synchronization
import Testing
import Workflow

@testable import Persistence

@Suite struct AuditFeedTests {
    let temporary: TemporaryFolder
    let store: SQLiteStore

    init() throws {
        temporary = try TemporaryFolder()
        store = try SQLiteStore.open(temporary.folder, keys: try KeyRing.generate())
    }

    @Test func `Each destination has a place of its own that only goes forward`() async throws {
        _ = try await store.record((0..<600).map { record(correlation: "\($0)") })
        #expect(try await store.auditFeed("a", limit: 2).map(\.index) == [0, 1])
        #expect(try await store.auditFeed("a", limit: 500).count == 500)
        try await store.advanceAuditFeed("a", past: 499)
        try await store.advanceAuditFeed("a", past: 3)
        let next = try await store.auditFeed("a", limit: 500)
        #expect(next.map(\.index) == Array(500..<600) && next.first?.record == record(correlation: "500"))
        #expect(try await store.auditFeedLag("a") == 100)
        #expect(try await store.auditFeedLag("b") == 600)
        await #expect(throws: AdapterError(.notFound, code: "store.rowMissing")) {
            try await store.advanceAuditFeed("b", past: 600)
        }
    }

    @Test func `A destination may begin behind what is there, once`() async throws {
        _ = try await store.record([record(), record()])
        try await store.startAuditFeedAtEnd("now")
        _ = try await store.record([record(correlation: "new")])
        try await store.startAuditFeedAtEnd("now")
        #expect(try await store.auditFeed("now", limit: 9).map(\.index) == [2])
        try await store.advanceAuditFeed("now", past: 2)
        #expect(try await store.auditFeed("now", limit: 9).isEmpty)
    }

    @Test func `A record that somebody spoiled is told of once, and the feed goes on`() async throws {
        _ = try await store.record((0..<3).map { record(correlation: "\($0)") })
        try await store.pool.write { db in
            try db.execute(sql: "DROP TRIGGER leaves_update")
            try db.execute(sql: "UPDATE leaves SET body = CAST(x'00' || body AS BLOB) WHERE idx = 1")
        }
        let entries = try await store.auditFeed("arr", limit: 9)
        #expect(entries.map(\.isUnreadable) == [false, true, false])
        let taken = TakenEntries()
        let trail = AuditTrail(
            store: store, clock: StillClock(), principal: Principal(kind: .service, name: "imaging-gateway"))
        let forwarder = AuditForwarder(store: store, repository: taken, trail: trail, batch: 2) { taken.refuse($0) }
        while try await forwarder.forwardOne() {}
        #expect(taken.indexes == [0, 2, 3])
        #expect(taken.refusals == [AuditRefusal(index: 1, code: "record.bodyUnreadable")])
        let told = try await store.auditEntries(AuditQuery(events: [.auditForwardFailed]), reading: [])
        #expect(told.map { $0.record?.details["refusedLeaf"] } == ["1"])
        #expect(told.first?.record?.code == "record.bodyUnreadable")
    }

    @Test func `What was archived or shredded does not stop a feed`() async throws {
        _ = try await store.record((0..<10).map { record(correlation: "\($0)", patient: "P\($0 % 2)") })
        try await store.advanceAuditFeed("a", past: 1)
        _ = try await store.archive(
            upTo: 6, to: temporary.folder.path, leavesPerSegment: 4, record: record(.segmentArchived))
        _ = try await store.shred(
            patient: Subject(type: .patient, assigner: "hospital", identifier: "P1"), record: record(.keysDestroy))
        let entries = try await store.auditFeed("a", limit: 6)
        #expect(entries.map(\.index) == Array(2..<8))
        #expect(entries.map { $0.record == nil } == [false, true, false, true, false, true])
    }
}

/// A repository that takes everything.
private final class TakenEntries: AuditRepository {
    let name = "arr"
    private let state = Mutex<(indexes: [UInt64], refusals: [AuditRefusal])>(([], []))

    var indexes: [UInt64] { state.withLock { $0.indexes } }
    var refusals: [AuditRefusal] { state.withLock { $0.refusals } }

    func refuse(_ refusal: AuditRefusal) { state.withLock { $0.refusals.append(refusal) } }

    func send(_ entries: [AuditEntry]) async throws(AdapterError) -> [AuditRefusal] {
        state.withLock { $0.indexes += entries.map(\.index) }
        return []
    }
}

private struct StillClock: WallClock {
    func now() -> Timestamp { time(0) }
    func sleep(for duration: Duration) async throws {}
}
