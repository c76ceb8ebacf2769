import Audit
import GRDB
import Sealing
import Testing
import Workflow

@testable import Persistence

@Suite("Exports are kept with their order")
struct ExportStoreTests {
    let temporary: TemporaryFolder
    let keys: KeyRing
    let store: SQLiteStore

    init() throws {
        temporary = try TemporaryFolder()
        keys = try KeyRing.generate()
        store = try SQLiteStore.open(temporary.folder, keys: keys)
    }

    /// An order that is composed, and will export to `research` when it is delivered.
    private func composed() async throws -> StoredOrder {
        var order = storedOrder("1", state: .composed)
        order.content.exports = [
            ExportDraft(destination: "research", study: Planted.study, profileDigest: "d1")
        ]
        let accepted = order
        let intake = intake(order, message("1"))
        _ = try await store.accept(intake) { _ in IntakeDecision(orders: [accepted]) }
        return order
    }

    private func deliver(_ order: StoredOrder) async throws {
        _ = try await store.update(order.id) { order in
            var order = order
            order.state = .delivered
            return (order, [])
        }
    }

    private func lease(at seconds: Int64 = 10) async throws -> (ExportJob, Lease)? {
        try await store.leaseExport(to: "research", now: time(seconds), for: .seconds(60))
    }

    @Test("The commit that makes an order delivered adds its exports, once")
    func added() async throws {
        let order = try await composed()
        #expect(try await store.exports(ExportFilter()) == [])
        try await deliver(order)
        let jobs = try await store.exports(ExportFilter())
        #expect(jobs.map(\.state) == [.pending])
        #expect(jobs[0].order == order.id)
        #expect(jobs[0].content == ExportContent(study: Planted.study, profileDigest: "d1"))
        try await deliver(order)
        #expect(try await store.exports(ExportFilter()).count == 1)
        #expect(try await store.order(order.id)?.content.exports == [])
        #expect(try await store.exportCounts().exports == [.pending: 1])
    }

    @Test("One is leased at a time, and only while no order is due")
    func leased() async throws {
        let order = try await composed()
        try await deliver(order)
        let waiting = storedOrder("2", at: 5, patients: ["P2"])
        _ = try await store.accept(intake(waiting, message("2"))) { _ in IntakeDecision(orders: [waiting]) }
        #expect(try await lease() == nil)
        _ = try await store.leaseOrder(now: time(10), for: .seconds(600))
        let (job, _) = try #require(try await lease())
        #expect(job.firstAttempt == time(10))
        #expect(try await lease(at: 11) == nil)
        let again = try #require(try await lease(at: 100))
        #expect(again.0.firstAttempt == time(10), "the moment of the first try stays")
    }

    @Test("A write needs the lease that was given last")
    func fences() async throws {
        try await deliver(try await composed())
        var (job, first) = try #require(try await lease())
        let (_, second) = try #require(try await lease(at: 100))
        job.state = .sent
        let ended = job
        await #expect(throws: AdapterError.self) {
            try await store.writeExport(ended, lease: first, ends: true, records: [])
        }
        try await store.writeExport(ended, lease: second, ends: true, records: [record(.exportState)])
        #expect(try await store.exports(ExportFilter(states: [.sent])).count == 1)
        #expect(try await lease(at: 1000) == nil)
    }

    @Test("A new delivery discards what an earlier one still wanted to send")
    func superseded() async throws {
        let order = try await composed()
        try await deliver(order)
        _ = try await store.update(order.id) { order in
            var order = order
            order.state = .delivered
            order.content.exports = [
                ExportDraft(destination: "research", study: Planted.study, profileDigest: "d2")
            ]
            return (order, [])
        }
        let jobs = try await store.exports(ExportFilter())
        #expect(jobs.map(\.state) == [.pending, .discarded])
        #expect(jobs[1].code == "export.superseded")
        let told = try #require(try await endings().first)
        #expect(
            told.code == "export.superseded" && told.details == ["from": "pending", "to": "discarded", "attempts": "0"])
        #expect(told.correlation == order.content.correlation && told.peer?.name == "research")
        #expect(told.subjects.contains { $0.type == .patient && $0.identifier == Planted.patient })
    }

    @Test("Where a copy was on its way when it was superseded, the record says that it may be outside")
    func supersededOnItsWay() async throws {
        let order = try await composed()
        try await deliver(order)
        var (job, lease) = try #require(try await lease())
        job.content.copy = ExportedCopy(study: "2.25.1", certificate: "ab", instances: 1, leftOut: 0)
        try await store.writeExport(job, lease: lease, ends: false, records: [])
        _ = try await store.update(order.id) { order in
            var order = order
            order.state = .delivered
            order.content.exports = [
                ExportDraft(destination: "research", study: Planted.study, profileDigest: "d2")
            ]
            return (order, [])
        }
        let told = try #require(try await endings().first)
        #expect(told.code == "export.superseded" && told.details["outside"] == "possible")
    }

    @Test("One whose keys are gone is discarded with a record that names its order alone")
    func shredded() async throws {
        let order = try await composed()
        try await deliver(order)
        try await store.change { transaction in
            let key = try transaction.row("SELECT data_key FROM exports", [])?["data_key"] as Int64?
            try transaction.destroy(Set([key].compactMap(\.self)), told: 0)
        }
        #expect(try await lease() == nil)
        #expect(try await store.exportCounts().exports == [.discarded: 1])
        let told = try #require(try await endings().first)
        #expect(told.code == "export.shredded" && told.details["from"] == "pending" && told.details["outside"] == nil)
        #expect(told.subjects == [Subject(type: .order, identifier: order.id.value)])
    }

    /// The records of what became of exports.
    private func endings() async throws -> [AuditRecord] {
        try await store.auditEntries(AuditQuery(events: [.exportState]), reading: []).compactMap(\.record)
    }

    @Test("What is sent or discarded stays so, and no row is ever removed")
    func final() async throws {
        try await deliver(try await composed())
        let (job, lease) = try #require(try await lease())
        var ended = job
        ended.state = .sent
        let sent = ended
        try await store.writeExport(sent, lease: lease, ends: true, records: [])
        await #expect(throws: AdapterError.self) {
            _ = try await store.updateExport(job.id) { job in
                var job = job
                job.state = .pending
                return (job, [])
            }
        }
        await #expect(throws: AdapterError.self) {
            try await store.change { try $0.execute("DELETE FROM exports", []) }
        }
    }

    @Test("Neither study nor patient stands readable in any file; the patient's keys take the export along")
    func sealed() async throws {
        try await deliver(try await composed())
        for (name, bytes) in try temporary.bytes() {
            for secret in Planted.all { #expect(!holds(bytes, secret), "\(name): \(secret)") }
        }
        let patient = Subject(type: .patient, assigner: "hospital", identifier: Planted.patient)
        await #expect(throws: AdapterError.self) {
            _ = try await store.shred(patient: patient, record: record(.keysDestroy))
        }
        let (job, lease) = try #require(try await lease())
        var ended = job
        ended.state = .sent
        let sent = ended
        try await store.writeExport(sent, lease: lease, ends: true, records: [])
        _ = try await store.shred(patient: patient, record: record(.keysDestroy))
        #expect(try await store.export(job.id) == nil)
        #expect(try await store.exportCounts().exports == [.sent: 1])
    }
}
