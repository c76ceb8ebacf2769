import Audit
import GRDB
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite struct ExpiryTests {
    let temporary: TemporaryFolder
    let ring: KeyRing
    let store: SQLiteStore

    init() throws {
        temporary = try TemporaryFolder()
        ring = try KeyRing.generate()
        store = try SQLiteStore.open(temporary.folder, keys: ring)
    }

    func filled() async throws {
        _ = try await store.record(
            (0..<10).map { AuditQueryTests.told(.orderRead, "P\($0 % 2)", correlation: "\($0)", at: Int64($0)) })
    }

    func expired() async throws -> [UInt64] {
        try await store.auditEntries(AuditQuery(indexes: 0..<10), reading: []).filter { $0.record == nil }.map(\.index)
    }

    var root: AuditVerification {
        get throws { try AuditLogFile(temporary.folder).verify(key: ring.checkpointKey().verifier, outside: []) }
    }

    @Test func `Bodies from before the limit go, leaves stay, and the log tells how many`() async throws {
        try await filled()
        let before = try await store.leafHashes(upTo: 10)
        #expect(try await store.expireBodies(before: time(4), record: record(.bodiesExpired)) == 4)
        #expect(try await expired() == [0, 1, 2, 3])
        #expect(try await store.leafHashes(upTo: 10) == before)
        let told = try await store.auditEntries(AuditQuery(events: [.bodiesExpired]), reading: []).first?.record
        #expect(told?.details["count"] == "4" && told?.details["last"] == "3")
        #expect(try await store.expireBodies(before: time(4), record: record(.bodiesExpired)) == 0)
        #expect(try root.isIntact && root.size == 11)
        let deep = try await store.verifyRecords(reading: [])
        #expect(deep.isIntact && deep.expired == 4)
    }

    @Test func `A body that is gone without a record is found out`() async throws {
        try await filled()
        try await store.pool.write { try $0.execute(sql: "UPDATE leaves SET body = x'' WHERE idx IN (3, 5)") }
        let deep = try await store.verifyRecords(reading: [])
        #expect(deep.problems == [3, 5].map { RecordProblem(code: .bodyMissing, index: $0) })
    }

    @Test func `A body that is gone between those that expired is found out, and so is that of the record itself`()
        async throws
    {
        try await filled()
        let hold = try await store.setHold(
            Subject(type: .patient, assigner: "hospital", identifier: "P0"), code: "c", at: time(20), records: [])
        #expect(try await store.expireBodies(before: time(6), record: record(.bodiesExpired)) == 3)
        let told = try await store.auditEntries(AuditQuery(events: [.bodiesExpired]), reading: []).first?.record
        #expect(told?.details["indexes"] == "1,3,5")
        #expect(try await store.verifyRecords(reading: []).isIntact)
        try await store.pool.write { try $0.execute(sql: "UPDATE leaves SET body = x'' WHERE idx = 4") }
        let problem = RecordProblem(code: .bodyMissing, index: 4)
        #expect(try await store.verifyRecords(reading: []).problems == [problem])
        try await store.removeHold(hold.id, records: [])
        #expect(try await store.expireBodies(before: time(6), record: record(.bodiesExpired)) == 2)
        #expect(try await store.verifyRecords(reading: []).problems == [problem])
        try await store.pool.write { try $0.execute(sql: "UPDATE leaves SET body = x'' WHERE idx = 10") }
        let codes = try await store.verifyRecords(reading: []).problems
        #expect(codes == [10, 1, 3, 4, 5].map { RecordProblem(code: .bodyMissing, index: $0) })
    }

    @Test func `Records of earlier versions account for as many bodies as they count`() {
        var expiries = ToldExpiries()
        expiries.add(["first": "1", "last": "5", "count": "3"])
        expiries.add(["first": "4", "last": "6", "count": "2"])
        expiries.add(["first": "20", "last": "29", "count": "10", "keysDigest": "d"])
        #expect(expiries.missing([1, 3, 4, 5, 6]).isEmpty)
        #expect(expiries.missing([1, 2, 3, 4, 5, 6, 21]) == [1, 2, 3, 4, 5, 6, 21])
        expiries.add(["indexes": "2,21-22"])
        #expect(expiries.missing([1, 2, 3, 4, 5, 6, 21]).isEmpty)
    }

    @Test func `Ranges of indexes are read as they are written, and nothing else is`() {
        for indexes in [[], [3], [3, 4, 5], [0, 2, 3, 9]] as [[Int64]] where !indexes.isEmpty {
            let ranges = IndexRanges(indexes)
            #expect(IndexRanges(ranges.text) == ranges)
            #expect((0..<12).filter(ranges.contains) == indexes)
        }
        #expect(IndexRanges([0, 2, 3, 9]).text == "0,2-3,9")
        for text in ["", "-", "1-", "-1", "3-2", "2,1", "1,1", "1-2-3", "a", "1,", "1-3,2"] {
            #expect(IndexRanges(text) == nil, "\(text)")
        }
    }

    @Test func `What is held stays, with what belongs to the same order`() async throws {
        try await filled()
        _ = try await store.record([AuditQueryTests.told(.studyRetrieve, nil, correlation: "0", at: 1)])
        let hold = try await store.setHold(
            Subject(type: .patient, assigner: "hospital", identifier: "P0"), code: "c", at: time(20), records: [])
        #expect(try await store.expireBodies(before: time(99), record: record(.bodiesExpired)) == 5)
        #expect(try await expired() == [1, 3, 5, 7, 9])
        let correlated = try await store.auditEntries(AuditQuery(events: [.studyRetrieve]), reading: [])
        #expect(correlated.map { $0.record == nil } == [false])
        try await store.removeHold(hold.id, records: [])
        _ = try await store.setHold(nil, code: "c", at: time(20), records: [])
        #expect(try await store.expireBodies(before: time(99), record: record(.bodiesExpired)) == 0)
    }

    @Test func `A segment expires as a whole, once nothing in it is held`() async throws {
        try await filled()
        _ = try await store.archive(
            upTo: 8, to: temporary.folder.path, leavesPerSegment: 4, record: record(.segmentArchived))
        let hold = try await store.setHold(
            Subject(type: .order, identifier: "none"), code: "c", at: time(20), records: [])
        let one = try await store.setHold(
            Subject(type: .patient, assigner: "hospital", identifier: "P0"), code: "c", at: time(20), records: [])
        #expect(try await store.expireBodies(before: time(6), record: record(.bodiesExpired)) == 0)
        for hold in [hold, one] { try await store.removeHold(hold.id, records: []) }
        #expect(try await store.expireBodies(before: time(6), record: record(.bodiesExpired)) == 4)
        #expect(try await expired() == [0, 1, 2, 3])
        #expect(try await store.archiveSegments().map(\.isExpired) == [true, false])
        #expect(try root.isIntact)
        #expect(try await store.verifyRecords(reading: []).isIntact)
    }
}
