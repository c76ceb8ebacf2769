import Audit
import FHIR
import Testing

@testable import Workflow

@Suite("Several destinations, each with its own fate (design §4)")
struct SeveralDestinationsTests {
    let simulator: Simulator
    let exam = Exam()
    let his: SimulatedReceiver
    let ris: SimulatedReceiver

    init() throws {
        simulator = try Simulator(receivers: ["his-results", "ris-results"])
        (his, ris) = (simulator.receivers[0], simulator.receivers[1])
        try simulator.prepare(exam)
    }

    private func ordered() async throws -> SimulatedGateway {
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        return gateway
    }

    private func fates(_ gateway: SimulatedGateway) async throws -> [String: Delivery.State] {
        Dictionary(
            uniqueKeysWithValues: try await gateway.order.content.deliveries.map { ($0.destination, $0.state) })
    }

    @Test("The order is delivered when the EHR and each receiver have it")
    func all() async throws {
        let gateway = try await ordered()
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.count == 1)
        #expect(his.messages.count == 1 && ris.messages.count == 1)
        #expect(try his.values("OBX-11") == ["X"], "an adult's radiograph is refused")
        #expect(try his.values("OBR-25") == ["P"])
        #expect(try his.values("PID-3.1") == ["P007"])
        #expect(try await fates(gateway) == ["ehr": .delivered, "his-results": .delivered, "ris-results": .delivered])
        #expect(simulator.ledger.violations == [])
    }

    @Test("A receiver that is away holds up nobody: the rest is there, the order is delivered when it is back")
    func away() async throws {
        his.fail(AdapterError(.unavailable, code: "oru.notConnected"))
        let gateway = try await ordered()
        try await gateway.work()
        #expect(simulator.ehr.reports.count == 1)
        #expect(ris.messages.count == 1)
        #expect(try await gateway.state == .composed)
        #expect(try await gateway.order.standing == .preliminary)
        his.fail(nil)
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        #expect(try await gateway.state == .delivered)
        #expect(his.messages.count == 1)
        #expect(simulator.ledger.accesses(.reportPost) == 1)
    }

    @Test("AE and AR are for a person at once, and the others still go out", arguments: ["AE", "AR"])
    func refused(_ code: String) async throws {
        his.fail(AdapterError(code == "AE" ? .incorrect : .forbidden, code: "oru.\(code)"))
        simulator.ehr.fail(AdapterError(.unavailable, code: "ehr.http.503"))
        simulator.ehr.fail(nil)
        let gateway = try await ordered()
        _ = try await gateway.worker.runOne()
        while try await gateway.deliverer.deliverOne(.only("his-results")) {}
        let parking = try await gateway.order.content.parking
        #expect(parking == Parking(reason: .peerRefused, code: "oru.\(code)", from: .composed))
        #expect(simulator.ehr.reports.isEmpty)
        try await gateway.work()
        #expect(simulator.ehr.reports.count == 1, "parked by one destination, delivered to the other")
        #expect(ris.messages.count == 1)
        #expect(try await gateway.state == .parked)
        #expect(
            try await fates(gateway) == ["ehr": .delivered, "his-results": .failed, "ris-results": .delivered])
        #expect(try await gateway.outbox(.failed) == 1)
        try await gateway.operate(.resolved)
        #expect(try await gateway.state == .delivered, "the EHR has it")
    }

    @Test("A retry after a refusal sends to the one that has it not, and no second message to the other")
    func retried() async throws {
        his.fail(AdapterError(.incorrect, code: "oru.AE"))
        let gateway = try await ordered()
        try await gateway.work()
        #expect(try await gateway.state == .parked)
        his.fail(nil)
        simulator.clock.advance(.seconds(60))
        try await gateway.operate(.retryRequested)
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(his.messages.count == 1 && ris.messages.count == 1)
        #expect(simulator.ledger.accesses(.reportPost) == 1)
    }

    @Test("An EHR that refuses does not keep the result from the receivers")
    func ehrRefuses() async throws {
        simulator.ehr.onSubmit(before: [SimulatedEHR.failing(AdapterError(.incorrect, code: "ehr.http.422"))])
        let gateway = try await ordered()
        try await gateway.work()
        #expect(try await gateway.order.content.parking?.code == "ehr.http.422")
        #expect(his.messages.count == 1 && ris.messages.count == 1)
    }

    @Test("No answer is tried again with the same message, MSH-10 and all")
    func noAnswer() async throws {
        his.onSend(after: [SimulatedEHR.failing(AdapterError(.interrupted, code: "oru.noReply"))])
        let gateway = try await ordered()
        try await gateway.work(for: .seconds(120), every: .seconds(30))
        #expect(try await gateway.state == .delivered)
        #expect(his.messages.count == 2)
        #expect(Set(his.messages).count == 1)
        #expect(Set(try his.values("MSH-10")).count == 1)
    }

    @Test("A receiver away for longer than the retry age parks, with the code of what kept it")
    func exhausted() async throws {
        his.fail(AdapterError(.unavailable, code: "oru.notConnected"))
        let gateway = try await ordered()
        try await gateway.work(for: .seconds(2 * 3600), every: .seconds(300))
        #expect(
            try await gateway.order.content.parking
                == Parking(reason: .retriesExhausted, code: "oru.notConnected", from: .composed))
        #expect(ris.messages.count == 1 && simulator.ehr.reports.count == 1)
    }

    @Test("Lanes: each takes its own destination, the first what nobody is configured for any more")
    func lanes() async throws {
        #expect(
            Deliverer.lanes(for: ["his-results", "ris-results"]) == [
                .except(["his-results", "ris-results"]), .only("his-results"), .only("ris-results"),
            ])
        let gateway = try await ordered()
        _ = try await gateway.worker.runOne()
        #expect(try await gateway.deliverer.deliverOne(.only("ris-results")))
        #expect(try await !gateway.deliverer.deliverOne(.only("ris-results")))
        #expect(ris.messages.count == 1 && his.messages.isEmpty && simulator.ehr.reports.isEmpty)
        // his-results was taken out of the configuration.
        let deliverer = Deliverer(
            store: gateway.store, ehr: simulator.ehr, destinations: [ris], retry: RetryPolicy(),
            clock: simulator.clock, trail: gateway.trail)
        while try await deliverer.deliverOne(.except(["ris-results"])) {}
        #expect(simulator.ehr.reports.count == 1)
        #expect(try await gateway.order.content.parking?.code == "destination.notConfigured")
    }

    @Test("An update of the order sends a new message, and none where it says the same")
    func updated() async throws {
        let gateway = try await ordered()
        try await gateway.work()
        simulator.clock.advance(.seconds(60))
        await gateway.send(exam.order("XO", id: "2"))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(his.messages.count == 1, "nothing new")
        simulator.clock.advance(.seconds(60))
        await gateway.send(exam.order("XO", id: "3", procedure: "36554-4^XR Chest Single view^LN"))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(try his.values("OBR-4.1") == ["30745-4", "36554-4"])
        #expect(Set(try his.values("OBR-3.1")).count == 1, "the same number")
        #expect(try his.values("OBR-25") == ["P", "P"])
        #expect(simulator.ehr.reports.map(\.status) == ["preliminary"])
    }
}
