import Audit
import Foundation
import GRDB
import Mapping
import MerkleLog
import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite struct ShreddingTests {
    let temporary: TemporaryFolder
    let ring: KeyRing
    let store: SQLiteStore

    init() throws {
        temporary = try TemporaryFolder()
        ring = try KeyRing.generate()
        store = try SQLiteStore.open(temporary.folder, keys: ring)
    }

    func patient(_ name: String) -> Subject { Subject(type: .patient, assigner: "hospital", identifier: name) }

    @discardableResult
    func shred(_ name: String) async throws -> Shredding {
        try await store.shred(patient: patient(name), record: record(.keysDestroy, patient: name))
    }

    func verify() throws -> AuditVerification {
        try AuditLogFile(temporary.folder).verify(key: ring.checkpointKey().verifier, outside: [])
    }

    /// An accepted order of these patients, with its message, reply and leaf.
    func accepted(_ name: String, state: OrderState = .delivered, patients: [String]) async throws -> StoredOrder {
        let order = storedOrder(name, state: state, patients: patients)
        var about = record()
        about.subjects = patients.map(patient)
        let told = about
        _ = try await store.accept(intake(order, message(name))) { _ in
            IntakeDecision(orders: [order], records: [told], reply: [1], isReplayable: true)
        }
        return order
    }

    @Test func `Shredding takes every record of the patient, alone and with others, and leaves the log whole`()
        async throws
    {
        let (one, both) = (try await accepted("1", patients: ["A"]), try await accepted("2", patients: ["A", "B"]))
        let other = try await accepted("3", patients: ["B"])
        let shredding = try await shred("A")
        #expect(shredding.keys == 2 && shredding.identifiers == 1 && shredding.orders == 2 && shredding.messages == 2)
        #expect(shredding.isOutOfFiles)
        #expect(try await store.order(one.id) == nil)
        #expect(try await store.order(both.id) == nil)
        #expect(try await store.order(other.id) == other)
        #expect(try await store.orders(OrderFilter()).map(\.id) == [other.id])
        let entries = try await store.auditEntries(AuditQuery(), reading: [])
        #expect(entries.map { $0.record == nil } == [true, true, false, false])
        let told = try #require(entries.last?.record)
        #expect(
            told.event == .keysDestroy && told.details["keys"] == "2" && told.details["keysDigest"] == shredding.digest)
        #expect(told.subjects.allSatisfy { $0.type != .patient })
        #expect(try verify().isIntact)
        let deep = try await store.verifyRecords(reading: [])
        #expect(deep.isIntact && deep.destroyed == 2 && deep.opened == 2)
    }

    @Test func `Identifiers that were merged go together, whichever is named`() async throws {
        for named in ["OLD", "NEW", "OLDEST"] {
            let temporary = try TemporaryFolder()
            let store = try SQLiteStore.open(temporary.folder, keys: ring)
            _ = try await store.record(["OLDEST", "OLD", "NEW", "OTHER"].map { record(patient: $0) })
            for (prior, surviving) in [("OLDEST", "OLD"), ("OLD", "NEW")] {
                _ = try await store.accept(
                    Intake(message: message(prior), keys: [], patients: [identifier(prior), identifier(surviving)])
                ) { _ in
                    IntakeDecision(
                        merges: [PatientMerge(prior: identifier(prior), surviving: identifier(surviving))],
                        records: [record(.patientMerge, patient: prior)])
                }
            }
            let shredding = try await store.shred(patient: patient(named), record: record(.keysDestroy))
            #expect(shredding.identifiers == 3, "\(named)")
            let left = try await store.auditEntries(AuditQuery(indexes: 0..<4), reading: [])
            #expect(left.map { $0.record == nil } == [true, true, true, false], "\(named)")
            let findings = try await OrderStoreContract.findings(
                Intake(message: message("x"), keys: [], patients: [identifier("OLDEST")]), by: store)
            #expect(findings.survivors.isEmpty)
        }
    }

    @Test func `Wrapped keys and sealed bytes are gone from all files`() async throws {
        let order = try await accepted("1", patients: ["A"])
        _ = try await accepted("2", patients: ["B"])
        let subject = ring.indexValue(.patient, "hospital|A")
        let wrapped = try await store.read { transaction in
            try transaction.dataKeys(protecting: subject).map { number in
                try #require(try transaction.row("SELECT wrapped FROM data_key WHERE row = ?", [number])).bytes(
                    "wrapped")
            }
        }
        let content = try await store.read { transaction in
            let number = try #require(try transaction.row(of: order.id))
            return try #require(try transaction.row("SELECT content FROM orders WHERE row = ?", [number])).bytes(
                "content")
        }
        let sought = wrapped + [content]
        func found() throws -> Int {
            let files = try temporary.bytes().values.map { Data($0) }
            return sought.filter { bytes in files.contains { $0.range(of: Data(bytes)) != nil } }.count
        }
        #expect(try found() == sought.count)
        #expect(try await shred("A").isOutOfFiles)
        #expect(try found() == 0)
    }

    @Test func `Nothing is shredded while something of the patient is under way`() async throws {
        for state in [OrderState.accepted, .waiting, .held, .composed, .parked] {
            _ = try await accepted("\(state)", state: state, patients: ["P\(state)", "Q"])
            await #expect(throws: AdapterError(.conflict, code: "keys.ordersUnfinished"), "\(state)") {
                try await shred("P\(state)")
            }
        }
        await #expect(throws: AdapterError(.conflict, code: "keys.ordersUnfinished")) { try await shred("Q") }
        await #expect(throws: AdapterError(.notFound, code: "store.rowMissing")) { try await shred("NOBODY") }
    }

    @Test func `A hold on an order whose leaf is archived keeps its patient only`() async throws {
        for name in ["A", "B"] {
            var told = record(patient: name)
            told.subjects.append(Subject(type: .order, identifier: "order-\(name)"))
            _ = try await store.record([told])
        }
        let segments = try await store.archive(upTo: 2, to: temporary.folder.path, record: record(.segmentArchived))
        let hold = try await store.setHold(
            Subject(type: .order, identifier: "order-A"), code: "c", at: time(1), records: [record(.holdSet)])
        await #expect(throws: AdapterError(.conflict, code: "keys.legalHold")) { try await shred("A") }
        #expect(try await shred("B").keys == 1)
        let path = "\(temporary.folder.path)/\(segments[0].name)"
        try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
        // What cannot be looked at is not destroyed.
        await #expect(throws: AdapterError(.fault, code: "audit.segmentMissing")) { try await shred("A") }
        try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
        try await store.removeHold(hold.id, records: [record(.holdRemoved)])
        #expect(try await shred("A").keys == 1)
        #expect(try await store.verifyRecords(reading: []).isIntact)
    }

    @Test func `A legal hold keeps what it covers, also what others share with it`() async throws {
        _ = try await accepted("1", patients: ["A", "B"])
        _ = try await accepted("2", patients: ["A"])
        let hold = try await store.setHold(patient("B"), code: "case-1", at: time(1), records: [record(.holdSet)])
        #expect(try await store.legalHolds() == [hold])
        let leaves = try await store.counts().leaves
        for name in ["A", "B"] {
            await #expect(throws: AdapterError(.conflict, code: "keys.legalHold")) { try await shred(name) }
        }
        #expect(try await store.counts().leaves == leaves)
        try await store.removeHold(hold.id, records: [record(.holdRemoved)])
        let all = try await store.setHold(nil, code: "all", at: time(2), records: [record(.holdSet)])
        await #expect(throws: AdapterError(.conflict, code: "keys.legalHold")) { try await shred("A") }
        try await store.removeHold(all.id, records: [record(.holdRemoved)])
        await #expect(throws: AdapterError(.notFound, code: "store.rowMissing")) {
            try await store.removeHold(all.id, records: [])
        }
        let study = Subject(type: .study, identifier: Planted.study)
        _ = try await store.record([record(patient: "A")])
        let other = try await store.setHold(study, code: "c", at: time(3), records: [])
        await #expect(throws: AdapterError(.conflict, code: "keys.legalHold")) { try await shred("A") }
        try await store.removeHold(other.id, records: [])
        #expect(try await shred("A").keys == 2)
        await #expect(throws: AdapterError(.incorrect, code: "hold.code")) {
            _ = try await store.setHold(nil, code: "Dr Who's case", at: time(1), records: [])
        }
    }

    @Test func `Workers, resends and withdrawals live with what was shredded`() async throws {
        let order = try await accepted("1", patients: ["A"])
        try await shred("A")
        // The same message again: nothing is known of it, so that it is accepted as new.
        let resent = storedOrder("1", patients: ["A"])
        let decision = try await store.accept(intake(resent, message("1"))) { findings in
            #expect(findings.replay == nil && findings.orders.isEmpty)
            return IntakeDecision(orders: [resent], records: [record()])
        }
        #expect(decision.orders.count == 1)
        let leased = try await store.leaseOrder(now: time(9), for: .seconds(60))
        #expect(leased?.0.id == resent.id)
        #expect(try await store.update(order.id) { ($0, []) } == nil)
        #expect(try await store.orders(OrderFilter(key: try key(Planted.accession + "1"))).map(\.id) == [resent.id])
        #expect(try await store.counts().orders[.delivered] == 1, "that there was an order is still counted")
    }

    @Test func `Keys that somebody destroyed by hand stop no worker`() async throws {
        let composed = try await OrderStoreContract.composed("1", by: store)
        _ = try await accepted("2", state: .accepted, patients: ["B"])
        _ = try await store.accept(intake(storedOrder("3", patients: ["C"]), message("3"))) { _ in
            IntakeDecision(deferredReply: DeferredReply(destination: "his", payload: [1]))
        }
        try await store.pool.write { try $0.execute(sql: "UPDATE data_key SET destroyed = 1, wrapped = NULL") }
        #expect(try await store.leaseOrder(now: time(9), for: .seconds(60)) == nil)
        #expect(try await store.leaseOutboxEntry(now: time(9), for: .seconds(60)) == nil)
        #expect(try await store.leaseReply(now: time(9), for: .seconds(60)) == nil)
        #expect(try await store.order(composed.id) == nil)
        let deep = try await store.verifyRecords(reading: [])
        #expect(Set(deep.problems.map(\.code)) == [.keyMissing], "no record tells of it")
        #expect(try verify().isIntact)
    }
}
