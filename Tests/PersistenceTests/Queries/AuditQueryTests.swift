import Audit
import FHIR
import Foundation
import GRDB
import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite struct AuditQueryTests {
    let temporary: TemporaryFolder
    let store: SQLiteStore

    init() throws {
        temporary = try TemporaryFolder()
        store = try SQLiteStore.open(temporary.folder, keys: try KeyRing.generate())
    }

    static func told(
        _ event: AuditEventType, _ patient: String?, correlation: String, at seconds: Int64 = 0,
        by principal: Principal = Principal(kind: .service, name: "imaging-gateway"), outcome: Outcome = .success,
        accessClass: AccessClass = .treatment
    ) -> AuditRecord {
        AuditRecord(
            event: event, time: FHIRInstant(microsecondsSinceEpoch: time(seconds).microseconds), outcome: outcome,
            principal: principal, accessClass: accessClass, correlation: CorrelationID(value: correlation),
            subjects: patient.map { [Subject(type: .patient, assigner: "hospital", identifier: $0)] }
                ?? [Subject(type: .order, identifier: correlation)])
    }

    func indexes(_ query: AuditQuery) async throws -> [UInt64] {
        try await store.auditEntries(query, reading: []).map(\.index)
    }

    @Test func `A question about a patient finds what belongs to the same order too`() async throws {
        _ = try await store.record([
            Self.told(.orderAccepted, "P1", correlation: "a"), Self.told(.orderAccepted, "P2", correlation: "b"),
            Self.told(.studyRetrieve, nil, correlation: "a"), Self.told(.reportPost, nil, correlation: "b"),
            Self.told(.orderRead, "P1", correlation: "c"),
        ])
        let patient = Subject(type: .patient, assigner: "hospital", identifier: "P1")
        #expect(try await indexes(AuditQuery(subjects: [patient])) == [0, 4])
        #expect(try await indexes(AuditQuery(subjects: [patient], includesCorrelated: true)) == [0, 2, 4])
        let both = [patient, Subject(type: .patient, assigner: "hospital", identifier: "P2")]
        #expect(try await indexes(AuditQuery(subjects: both, includesCorrelated: true)) == [0, 1, 2, 3, 4])
        #expect(try await indexes(AuditQuery(correlation: "b")) == [1, 3])
        let other = Subject(type: .patient, assigner: "elsewhere", identifier: "P1")
        #expect(try await indexes(AuditQuery(subjects: [other], includesCorrelated: true)) == [])
    }

    @Test func `One spoiled body hides no other record, and is told as what it is`() async throws {
        _ = try await store.record([
            Self.told(.orderAccepted, "P1", correlation: "a"), Self.told(.studyRetrieve, "P1", correlation: "a"),
            Self.told(.reportPost, "P1", correlation: "a"),
        ])
        try await store.pool.write { db in
            for name in try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'leaves'")
            {
                try db.execute(sql: "DROP TRIGGER \(name)")
            }
            let body = try #require(try Data.fetchOne(db, sql: "SELECT body FROM leaves WHERE idx = 1"))
            var spoiled = body
            spoiled[spoiled.count - 1] ^= 1
            try db.execute(sql: "UPDATE leaves SET body = ? WHERE idx = 1", arguments: [spoiled])
        }
        let patient = Subject(type: .patient, assigner: "hospital", identifier: "P1")
        let answer = try await store.auditEntries(
            AuditQuery(subjects: [patient], includesUnreadable: true), reading: [])
        #expect(answer.map(\.index) == [0, 1, 2])
        #expect(answer.map(\.isUnreadable) == [false, true, false])
        #expect(answer.map { $0.record == nil } == [false, true, false])
        await #expect(throws: AdapterError.self) { try await indexes(AuditQuery(subjects: [patient])) }
    }

    @Test func `A question about a patient finds what was told under merged identifiers, in either direction`()
        async throws
    {
        func patient(_ name: String) -> Subject { Subject(type: .patient, assigner: "hospital", identifier: name) }
        var merges = [
            Self.told(.patientMerge, "B", correlation: "m1"), Self.told(.patientMerge, "C", correlation: "m2"),
        ]
        merges[0].subjects.append(patient("A"))
        merges[1].subjects.append(patient("B"))
        _ = try await store.record(
            ["A", "B", "C", "D"].map { (name: String) in Self.told(.orderRead, name, correlation: "of " + name) }
                + merges)
        for name in ["A", "B", "C"] {
            #expect(try await indexes(AuditQuery(subjects: [patient(name)], includesMerged: true)) == [0, 1, 2, 4, 5])
        }
        #expect(try await indexes(AuditQuery(subjects: [patient("D")], includesMerged: true)) == [3])
        #expect(try await indexes(AuditQuery(subjects: [patient("A")])) == [0, 4])
    }

    @Test func `Leaves are found by time, principal, event, outcome and class, in any combination`() async throws {
        let alice = Principal(kind: .user, name: "al\"ice")
        _ = try await store.record([
            Self.told(.orderRead, "P1", correlation: "a", at: 10, by: alice),
            Self.told(.orderRead, "P1", correlation: "b", at: 20, outcome: .seriousFailure),
            Self.told(.reportPost, "P2", correlation: "c", at: 30, accessClass: .disclosure),
            Self.told(.reportPost, "P2", correlation: "d", at: 40, by: alice, outcome: .minorFailure),
        ])
        #expect(try await indexes(AuditQuery(from: time(20), until: time(40))) == [1, 2])
        #expect(try await indexes(AuditQuery(principal: alice)) == [0, 3])
        #expect(try await indexes(AuditQuery(principal: Principal(kind: .user, name: "al"))) == [])
        #expect(try await indexes(AuditQuery(events: [.reportPost])) == [2, 3])
        #expect(try await indexes(AuditQuery(outcomes: .failures)) == [1, 3])
        #expect(try await indexes(AuditQuery(classes: [.disclosure])) == [2])
        #expect(try await indexes(AuditQuery(from: time(15), principal: alice, events: [.reportPost])) == [3])
        #expect(try await indexes(AuditQuery(indexes: 1..<3, limit: 1)) == [1])
        #expect(try await indexes(AuditQuery(limit: 0)) == [])
    }

    @Test func `The reading is in the log before the first entry is given, and a refused body ends the walk`()
        async throws
    {
        _ = try await store.record((0..<700).map { _ in record() })
        var seen = 0
        await #expect(throws: Missing.self) {
            try await store.auditEntries(AuditQuery(), reading: [record(.auditRead)]) { _ in
                seen += 1
                if seen == 1 { #expect(try await store.counts().leaves == 701) }
                if seen == 600 { throw Missing() }
            }
        }
        #expect(seen == 600)
        #expect(try await indexes(AuditQuery()).count == 701)
    }

    @Test func `Correlations that are older than their index are found in the leaves themselves`() async throws {
        _ = try await store.record([
            Self.told(.orderAccepted, "P1", correlation: "a"), Self.told(.studyRetrieve, nil, correlation: "a"),
            Self.told(.studyRetrieve, nil, correlation: "b"),
        ])
        try await store.change { transaction in
            try transaction.setMeta("correlationsFrom", "3")
            try transaction.execute("DELETE FROM lookup_recent")
            try transaction.setMeta("subjectsSortedTo", "0")
            transaction.context.recent.reset(before: 1_000)
        }
        _ = try await store.record([Self.told(.reportPost, nil, correlation: "a")])
        #expect(try await store.indexes(ofCorrelations: ["a"]) == [0, 1, 3])
    }

    @Test func `Members of a leaf are read where they stand and nowhere else`() throws {
        let odd = AuditRecord(
            event: .auditRead, time: FHIRInstant(secondsSinceEpoch: 1_795_000_000),
            principal: Principal(kind: .user, name: "x\",\"event\":\"order.read\",\"outcome\":12,\"y\":\"\\"),
            roles: [Role("\"correlation\":\"z\"")], correlation: CorrelationID(value: "c\\\"1"))
        let leaf = try Leaf.prepare(odd, log: "log", randomness: randomBytes)
        let text = LeafText(leaf.bytes)
        #expect(text.text("event") == "audit.read" && text.number("outcome") == 0)
        #expect(text.text("correlation") == "c\\\\\\\"1" && text.text("missing") == nil)
        #expect(LeafText([]).text("event") == nil && LeafText(Array("\"event\":\"x".utf8)).text("event") == nil)
        #expect(LeafFilter(AuditQuery(principal: odd.principal)).admits(0, leaf.bytes))
    }

    @Test(arguments: [0, 1, 999_999, 1_000_000, 1_795_000_000_123_456, -1, -62_135_596_800_000_000])
    func `The text of a leaf's time gives the moment back`(microseconds: Int64) {
        let moment = Timestamp(microseconds: microseconds)
        #expect(Timestamp(leafText: LeafFilter.text(moment)) == moment)
        #expect(Timestamp(leafText: Array("2026-02-30T00:00:00.000000Z".utf8)) == nil)
    }
}
