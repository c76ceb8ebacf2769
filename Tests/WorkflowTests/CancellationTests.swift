import Audit
import FHIR
import Testing

@testable import Workflow

@Suite("A cancellation at each stage (design §4)")
struct CancellationTests {
    let simulator: Simulator
    let exam = Exam()

    init() throws {
        simulator = try Simulator()
    }

    private func cancel(_ gateway: SimulatedGateway, id: String = "9") async -> String {
        await gateway.send(exam.order("CA", id: id))
    }

    @Test("Before compose: cancelled, and images that come are recorded only")
    func beforeCompose() async throws {
        try simulator.prepare(exam, images: false)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(await cancel(gateway) == "AA")
        try simulator.archive.hold(exam.holding())
        try await gateway.announce(exam.imagingStudy())
        try await gateway.work(for: .seconds(3600), every: .seconds(600))
        #expect(try await gateway.state == .cancelled)
        #expect(simulator.ehr.reports.isEmpty)
    }

    @Test("While it runs: the message decides, the run counts for nothing")
    func whileRunning() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        simulator.archive.onNextRetrieve { _ = await cancel(gateway) }
        try await gateway.work()
        #expect(try await gateway.state == .cancelled)
        #expect(try await gateway.store.counts().outbox == [:])
        #expect(simulator.ehr.reports.isEmpty)
    }

    @Test("Composed and not sent: the report is withdrawn, also from shadow", arguments: [true, false])
    func composed(_ isShadow: Bool) async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start(Settings(isShadow: isShadow))
        await gateway.send(exam.order(id: "1"))
        _ = try await gateway.worker.runOne()
        #expect(try await gateway.state == .composed)
        #expect(await cancel(gateway) == "AA")
        #expect(try await gateway.state == .cancelled)
        #expect(try await gateway.outbox(.withdrawn) == 1)
        let on = try await simulator.start()
        #expect(
            try await on.store.releaseHeld(since: Timestamp(microseconds: 0), now: simulator.clock.now(), records: [])
                == 0)
        try await on.work(for: .seconds(3600), every: .seconds(600))
        #expect(simulator.ehr.reports.isEmpty)
    }

    @Test("Leased and not looked at yet: nothing is sent")
    func leased() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        gateway.store.afterNextLease { _ = await cancel(gateway) }
        try await gateway.work()
        #expect(try await gateway.state == .cancelled)
        #expect(try await gateway.outbox(.withdrawn) == 1)
        #expect(simulator.ledger.accesses(.reportPost) == 0)
    }

    @Test("On its way, and it goes out: it counts as delivered and stays")
    func onItsWay() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        simulator.ehr.onSubmit(before: [{ _ = await cancel(gateway) }])
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(try await gateway.outbox(.delivered) == 1)
        #expect(simulator.ehr.reports.count == 1)
    }

    @Test("On its way, and the EHR refuses it: it is withdrawn, not tried again")
    func onItsWayInVain() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        let down = AdapterError(.unavailable, code: "ehr.http.503")
        simulator.ehr.onSubmit(before: [SimulatedEHR.failing(down) { _ = await cancel(gateway) }])
        try await gateway.work(for: .seconds(3600), every: .seconds(300))
        #expect(try await gateway.state == .cancelled)
        #expect(try await gateway.outbox(.withdrawn) == 1)
        #expect(simulator.ehr.reports.isEmpty)
    }

    @Test("After delivery: the exam was done, the report stays")
    func delivered() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(await cancel(gateway) == "AA")
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.map(\.status) == ["preliminary"])
    }

    @Test("Before its order: a tombstone, and the order that comes is cancelled")
    func tombstone() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        #expect(
            await gateway.send(exam.order("CA", id: "1", patient: .some(nil), accession: .some(nil), procedure: ""))
                == "AA")
        #expect(try await gateway.order.kind == .tombstone)
        #expect(try await gateway.order.content.notApplicableReason == nil)
        #expect(await gateway.send(exam.order(id: "2")) == "AA")
        try await gateway.announce(exam.imagingStudy())
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        #expect(try await gateway.state == .cancelled)
        #expect(simulator.ledger.accesses(.studyQuery) == 0)
    }

    @Test("A report that went out while its order was parked is known when the case is closed")
    func parkedOnItsWay() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        simulator.ehr.onSubmit(before: [{ _ = await gateway.send(exam.order(id: "2", patient: "P008")) }])
        try await gateway.work()
        #expect(try await gateway.state == .parked)
        #expect(
            try await gateway.order.content.parking
                == Parking(reason: .identityConflict, code: "order.NW", from: .composed))
        #expect(try await gateway.order.standing == .preliminary)
        try await gateway.operate(.resolved)
        #expect(try await gateway.state == .delivered)
    }
}
