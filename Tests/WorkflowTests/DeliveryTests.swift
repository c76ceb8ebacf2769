import Audit
import FHIR
import JSON
import Testing

@testable import Workflow

@Suite("One report, ours only, and never over somebody else's (design §4)")
struct DeliveryTests {
    let simulator: Simulator
    let exam: Exam

    init() throws {
        simulator = try Simulator()
        exam = Exam()
    }

    private func delivered() async throws -> SimulatedGateway {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        try #require(try await gateway.state == .delivered)
        return gateway
    }

    /// The order once more, from accept: as after a change and an operator's retry.
    private func again(_ gateway: SimulatedGateway) async throws {
        await gateway.send(exam.order("XO", id: "again"))
        try await gateway.operate(.retryRequested)
        try await gateway.work()
    }

    private func bend(_ change: (inout JSONObject) -> Void) throws {
        var report = try #require(simulator.ehr.all("DiagnosticReport").first)
        change(&report)
        try simulator.ehr.put(String(decoding: JSONValue.object(report).serialized(), as: UTF8.self))
    }

    @Test("A report that is there already is not sent again")
    func present() async throws {
        let gateway = try await delivered()
        try await again(gateway)
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ledger.accesses(.reportPost) == 1)
    }

    @Test("A restore of the data folder makes no second report: names are the same")
    func restored() async throws {
        _ = try await delivered()
        let restored = try Simulator(like: simulator)
        let gateway = try await restored.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.count == 1)
    }

    @Test("Ours with other content becomes a new version, read back")
    func changed() async throws {
        let gateway = try await delivered()
        try bend { $0["conclusion"] = "something else" }
        try await again(gateway)
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.count == 1)
        let report = try #require(simulator.ehr.reports.first)
        #expect(report.conclusion != "something else")
        #expect(report.elements["meta"]?["versionId"]?.string == "3")
        #expect(simulator.ehr.all("Observation").count == 1)
    }

    @Test("A change by somebody else between reading and writing is a conflict, not overwritten unseen")
    func raced() async throws {
        let gateway = try await delivered()
        try bend { $0["conclusion"] = "one" }
        let ehr = simulator.ehr
        simulator.ehr.onSubmit(before: [
            {
                guard var report = ehr.all("DiagnosticReport").first else { return }
                report["status"] = "final"
                try? ehr.put(String(decoding: JSONValue.object(report).serialized(), as: UTF8.self))
            }
        ])
        try await again(gateway)
        #expect(try await gateway.state == .composed)
        simulator.clock.advance(.seconds(1))
        try await gateway.work()
        #expect(try await gateway.state == .delivered, "a person's final: recorded only")
        #expect(try await gateway.order.content.standing == .final)
        #expect(simulator.ehr.reports.first?.status == "final")
    }

    @Test("A report under our identifier about another patient is for a person")
    func foreign() async throws {
        let gateway = try await delivered()
        try bend { $0["subject"] = ["reference": "Patient/other"] }
        try await again(gateway)
        #expect(try await gateway.order.content.parking?.code == "report.foreign.subjectDiffers")
        #expect(try await gateway.outbox(.failed) == 1)
        #expect(simulator.ehr.reports.first?.subject?.reference == "Patient/other")
    }

    @Test("Two reports under our identifier are for a person")
    func several() async throws {
        let gateway = try await delivered()
        try bend { $0["id"] = "second" }
        try await again(gateway)
        #expect(try await gateway.order.content.parking?.code == "report.duplicate")
        #expect(simulator.ledger.accesses(.reportPost) == 1)
    }

    @Test("A report that the EHR does not show counts as delivered only when it does")
    func notShown() async throws {
        try simulator.prepare(exam)
        simulator.ehr.hide("DiagnosticReport")
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await gateway.state == .composed)
        simulator.ehr.hide("DiagnosticReport", false)
        simulator.clock.advance(.seconds(1))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.count == 1)
        #expect(simulator.ledger.accesses(.reportPost) == 1)
    }

    @Test("Whoever lost the lease changes nothing, and that is no failure of the loop")
    func lostLease() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        _ = try await gateway.worker.runOne()
        simulator.ehr.onSubmit(before: [
            {
                // The process is taken for dead: another one has the folder.
                guard let other = try? await simulator.start() else { return }
                try? await other.work()
            }
        ])
        #expect(try await gateway.deliverer.deliverOne())
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.count == 1)
    }
}
