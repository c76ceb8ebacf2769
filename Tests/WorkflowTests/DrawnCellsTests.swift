import Audit
import FHIR
import JSON
import Testing

@testable import Workflow

@Suite("The cells of the drawing that touch the EHR, with the EHR (design §4)")
struct DrawnCellsTests {
    let simulator: Simulator
    let exam = Exam()
    let his: SimulatedReceiver
    static let otherProcedure = "36554-4^XR Chest Single view^LN"

    init() throws {
        simulator = try Simulator(receivers: ["his-results"])
        his = simulator.receivers[0]
        try simulator.prepare(exam)
    }

    /// The report is composed and on its way to nobody yet.
    private func composed() async throws -> SimulatedGateway {
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        _ = try await gateway.worker.runOne()
        try #require(try await gateway.state == .composed)
        simulator.clock.advance(.seconds(60))
        return gateway
    }

    private func delivered() async throws -> SimulatedGateway {
        let gateway = try await composed()
        try await gateway.work()
        try #require(try await gateway.state == .delivered)
        simulator.clock.advance(.seconds(60))
        return gateway
    }

    private var codes: [String?] {
        simulator.ehr.reports.map { report in
            report.code?.coding.first?.code
        }
    }

    private func addPatient(_ number: String, id: String) throws -> Exam {
        let other = Exam(patient: number)
        try simulator.ehr.put(other.patientResource(id: id))
        try simulator.ehr.put(other.serviceRequest(subject: id))
        return other
    }

    private func merge(into survivor: String) -> String {
        [
            "MSH|^~\\&|HIS|HOSP|IMGAI|RAD|20260101130000||ADT^A40^ADT_A39|M1|P|2.5.1", "EVN||20260101130000",
            "PID|1||\(survivor)^^^HOSP^MR||Canary^Jane||20200115|F", "MRG|P007^^^HOSP^MR",
        ].map { $0 + "\r" }.joined()
    }

    // MARK: - Composed, not delivered

    @Test("XO, composed and not delivered: only what was composed anew goes out, once everywhere")
    func updatedComposed() async throws {
        let gateway = try await composed()
        await gateway.send(exam.order("XO", id: "2", procedure: Self.otherProcedure))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(codes == ["36554-4"])
        #expect(try his.values("OBR-4.1") == ["36554-4"])
        #expect(try await gateway.outbox(.withdrawn) == 2)
        #expect(simulator.ledger.accesses(.reportPost) == 1)
    }

    @Test("XO while the report is on its way: it goes out, and the new version follows it")
    func updatedOnItsWay() async throws {
        let gateway = try await composed()
        simulator.ehr.onSubmit(before: [
            {
                await gateway.send(exam.order("XO", id: "2", procedure: Self.otherProcedure))
            }
        ])
        try await gateway.work()
        simulator.clock.advance(.seconds(60))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(codes == ["36554-4"])
        #expect(simulator.ehr.reports.first?.elements["meta"]?["versionId"]?.string == "2")
        #expect(try his.values("OBR-4.1").last == "36554-4")
        #expect(try await gateway.outbox(.pending) == 0)
    }

    @Test("Another patient, composed and not delivered: nothing about the wrong one ever goes out")
    func otherPatientComposed() async throws {
        let gateway = try await composed()
        let right = try addPatient("P008", id: "p2")
        try simulator.archive.hold(right.holding())
        await gateway.send(right.order("XO", id: "2"))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.map { $0.subject?.reference } == ["Patient/p2"])
        #expect(try his.values("PID-3.1") == ["P008"])
    }

    @Test("Merge, composed and not delivered: composed anew for the survivor")
    func mergedComposed() async throws {
        let gateway = try await composed()
        _ = try addPatient("P009", id: "p9")
        #expect(await gateway.send(merge(into: "P009")) == "AA")
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.map { $0.subject?.reference } == ["Patient/p9"])
        #expect(try his.values("PID-3.1") == ["P009"])
    }

    @Test("HD, composed and not delivered: nothing goes out until RL")
    func heldComposed() async throws {
        let gateway = try await composed()
        await gateway.send(exam.order("HD", id: "2"))
        try await gateway.work(for: .seconds(3600), every: .seconds(600))
        #expect(try await gateway.state == .held)
        #expect(simulator.ehr.reports.isEmpty && his.messages.isEmpty)
        await gateway.send(exam.order("RL", id: "3"))
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.count == 1 && his.messages.count == 1)
    }

    @Test("CA, composed and not delivered: nothing goes out anywhere")
    func cancelledComposed() async throws {
        let gateway = try await composed()
        await gateway.send(exam.order("CA", id: "2"))
        try await gateway.work(for: .seconds(3600), every: .seconds(600))
        #expect(try await gateway.state == .cancelled)
        #expect(simulator.ehr.reports.isEmpty && his.messages.isEmpty)
    }

    // MARK: - Delivered

    @Test("Late images: run again, a new version where the result changes, preliminary still")
    func lateImages() async throws {
        let gateway = try await delivered()
        try simulator.archive.hold(exam.holding(instances: 2))
        try await gateway.announce(exam.imagingStudy())
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.map(\.status) == ["preliminary"])
        #expect(simulator.ehr.reports.count == 1)
        #expect(simulator.ledger.accesses(.studyRetrieve) >= 2, "it was run again")
        #expect(try his.values("OBR-25").allSatisfy { $0 == "P" })
    }

    @Test("HD on a delivered order is recorded only")
    func heldDelivered() async throws {
        let gateway = try await delivered()
        await gateway.send(exam.order("HD", id: "2"))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(his.messages.count == 1)
    }

    // MARK: - A person's final

    @Test("Once a person's final is known, XO, images and CA are recorded only", arguments: ["XO", "images", "CA"])
    func afterFinal(_ what: String) async throws {
        let gateway = try await delivered()
        var report = try #require(simulator.ehr.all("DiagnosticReport").first)
        report["status"] = "final"
        try simulator.ehr.put(String(decoding: JSONValue.object(report).serialized(), as: UTF8.self))
        await gateway.send(exam.order("XO", id: "2", procedure: Self.otherProcedure))
        try await gateway.work()
        try #require(try await gateway.order.standing == .final)
        let (sent, posts) = (his.messages.count, simulator.ledger.accesses(.reportPost))
        switch what {
        case "XO": await gateway.send(exam.order("XO", id: "3", procedure: "36643-5^XR Chest 2 Views^LN"))
        case "CA": await gateway.send(exam.order("CA", id: "3"))
        default: try await gateway.announce(exam.imagingStudy())
        }
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        #expect(try await gateway.state == .delivered)
        #expect(his.messages.count == sent)
        #expect(simulator.ledger.accesses(.reportPost) == posts)
        #expect(simulator.ehr.reports.map(\.status) == ["final"])
    }
}
