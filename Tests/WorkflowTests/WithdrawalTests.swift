import Audit
import FHIR
import JSON
import Testing

@testable import Workflow

@Suite("What went out is taken back, and moved, where the drawing says so (design §4)")
struct WithdrawalTests {
    let simulator: Simulator
    let exam = Exam()
    let his: SimulatedReceiver

    init() throws {
        simulator = try Simulator(receivers: ["his-results"])
        his = simulator.receivers[0]
    }

    private func delivered(_ settings: Settings = Settings()) async throws -> SimulatedGateway {
        try simulator.prepare(exam)
        let gateway = try await simulator.start(settings)
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        try #require(try await gateway.state == .delivered)
        simulator.clock.advance(.seconds(60))
        return gateway
    }

    private func bend(_ index: Int = 0, _ change: (inout JSONObject) -> Void) throws {
        var report = simulator.ehr.all("DiagnosticReport")[index]
        change(&report)
        try simulator.ehr.put(String(decoding: JSONValue.object(report).serialized(), as: UTF8.self))
    }

    private var statuses: [String?] { simulator.ehr.reports.map(\.status) }

    // MARK: - Cancelled

    @Test("CA on a delivered order, policy entered-in-error: both copies in the EHR are marked, the receiver gets W")
    func cancelled() async throws {
        let gateway = try await delivered(Settings(retraction: .enteredInError))
        #expect(await gateway.send(exam.order("CA", id: "2")) == "AA")
        try await gateway.work()
        #expect(try await gateway.state == .cancelled)
        #expect(statuses == ["entered-in-error"])
        #expect(simulator.ehr.all("Observation").map { $0["status"]?.string } == ["entered-in-error"])
        #expect(try his.values("OBX-11") == ["X", "W"])
        #expect(try his.values("OBR-25") == ["P", "P"])
        #expect(simulator.ledger.violations == [])
        try await gateway.work(for: .seconds(3600), every: .seconds(600))
        #expect(his.messages.count == 2)
        #expect(simulator.ledger.accesses(.reportWithdraw) == 2, "once in each place")
    }

    @Test("CA on a delivered order, policy keep: nothing changes outside")
    func kept() async throws {
        let gateway = try await delivered()
        #expect(await gateway.send(exam.order("CA", id: "2")) == "AA")
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(statuses == ["preliminary"])
        #expect(his.messages.count == 1)
    }

    @Test("A person's final is not touched: the withdrawal fails with an alarm code, the receiver still gets W")
    func finalised() async throws {
        let gateway = try await delivered(Settings(retraction: .enteredInError))
        try bend { $0["status"] = "final" }
        let version = simulator.ehr.all("DiagnosticReport")[0]["meta"]?["versionId"]?.string
        await gateway.send(exam.order("CA", id: "2"))
        try await gateway.work()
        #expect(statuses == ["final"])
        #expect(simulator.ehr.all("DiagnosticReport")[0]["meta"]?["versionId"]?.string == version)
        #expect(try await gateway.outbox(.failed) == 1)
        #expect(try await gateway.order.content.standing == .final)
        #expect(try his.values("OBX-11") == ["X", "W"])
    }

    @Test("An EHR that is away gets the withdrawal when it is back; one read twice is marked once")
    func retried() async throws {
        let gateway = try await delivered(Settings(retraction: .enteredInError))
        simulator.ehr.onSubmit(after: [SimulatedEHR.failing(AdapterError(.interrupted, code: "ehr.connection"))])
        await gateway.send(exam.order("CA", id: "2"))
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        #expect(statuses == ["entered-in-error"])
        #expect(simulator.ehr.all("DiagnosticReport")[0]["meta"]?["versionId"]?.string == "2")
        #expect(try await gateway.state == .cancelled)
    }

    @Test("A change by somebody else between reading and marking is read again, not overwritten")
    func raced() async throws {
        let gateway = try await delivered(Settings(retraction: .enteredInError))
        simulator.ehr.onSubmit(before: [
            { [self] () async throws(AdapterError) in try? bend { $0["status"] = "final" } }
        ])
        await gateway.send(exam.order("CA", id: "2"))
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        #expect(statuses == ["final"])
    }

    // MARK: - Wrong patient

    private func prepareRightPatient() throws -> Exam {
        let right = Exam(patient: "P008")
        try simulator.ehr.put(right.patientResource(id: "p2"))
        try simulator.ehr.put(right.serviceRequest(subject: "p2"))
        try simulator.archive.hold(right.holding())
        return right
    }

    @Test("Wrong patient: entered-in-error, and made anew under other names for the right one")
    func wrongPatient() async throws {
        let gateway = try await delivered()
        let right = try prepareRightPatient()
        #expect(await gateway.send(right.order("XO", id: "2")) == "AA")
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        #expect(try await gateway.state == .delivered)
        let reports = simulator.ehr.reports
        #expect(reports.map(\.status) == ["entered-in-error", "preliminary"])
        #expect(reports.map { $0.subject?.reference } == ["Patient/p1", "Patient/p2"])
        #expect(Set(reports.flatMap(\.identifiers).compactMap(\.value)).count == 2, "other names")
        #expect(simulator.ehr.all("Observation").map { $0["status"]?.string } == ["entered-in-error", "preliminary"])
        #expect(try his.values("PID-3.1") == ["P007", "P007", "P008"])
        #expect(try his.values("OBX-11") == ["X", "W", "X"], "taken back before it is sent anew")
        #expect(try await gateway.order.content.generation == 1)
        #expect(simulator.ledger.violations == [])
    }

    @Test("Wrong patient, and a person has made the report final: it stays, and a person is called")
    func wrongPatientFinal() async throws {
        let gateway = try await delivered()
        try bend { $0["status"] = "final" }
        let right = try prepareRightPatient()
        await gateway.send(right.order("XO", id: "2"))
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        #expect(statuses == ["final", "preliminary"], "the right patient's goes out all the same")
        #expect(try await gateway.state == .parked)
        #expect(try await gateway.order.content.parking?.code == "report.finalised")
    }

    // MARK: - New versions and a person's final

    @Test(
        "A new version meets a person's final: recorded only, the order is done",
        arguments: [
            "final", "amended", "corrected", "appended",
        ])
    func versionOverFinal(_ status: String) async throws {
        let gateway = try await delivered()
        try bend { $0["status"] = .string(status) }
        await gateway.send(exam.order("XO", id: "2", procedure: "36554-4^XR Chest Single view^LN"))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(try await gateway.order.content.standing == .final)
        #expect(statuses == [status])
        #expect(simulator.ledger.accesses(.reportPost) == 1)
        await gateway.send(exam.order("XO", id: "3", procedure: "36643-5^XR Chest 2 Views^LN"))
        try await gateway.work()
        #expect(try await gateway.state == .delivered, "from now on it is recorded only")
    }

    // MARK: - Merge

    private func merge(prior: String = "P007", survivor: String = "P009") -> String {
        [
            "MSH|^~\\&|HIS|HOSP|IMGAI|RAD|20260101130000||ADT^A40^ADT_A39|M1|P|2.5.1", "EVN||20260101130000",
            "PID|1||\(survivor)^^^HOSP^MR||Canary^Jane||20200115|F", "MRG|\(prior)^^^HOSP^MR",
        ].map { $0 + "\r" }.joined()
    }

    private func mergeInEHR() throws {
        try simulator.ehr.put(Exam(patient: "P009").patientResource(id: "p9"))
        try simulator.ehr.put(
            #"""
            {"resourceType":"Patient","id":"p1","active":false,
            "identifier":[{"system":"urn:hospital","value":"P007"}],
            "link":[{"type":"replaced-by","other":{"reference":"Patient/p9"}}]}
            """#)
        try simulator.ehr.put(Exam(patient: "P009").serviceRequest(subject: "p9"))
    }

    @Test("A merge that the EHR made too: ours moves to the survivor, the same report in a new version")
    func moved() async throws {
        let gateway = try await delivered()
        try mergeInEHR()
        #expect(await gateway.send(merge()) == "AA")
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        #expect(try await gateway.state == .delivered)
        let reports = simulator.ehr.reports
        #expect(reports.map(\.status) == ["preliminary"])
        #expect(reports.map { $0.subject?.reference } == ["Patient/p9"])
        #expect(reports.first?.elements["meta"]?["versionId"]?.string == "2")
        #expect(
            simulator.ehr.all("Observation").map { $0["subject"]?["reference"]?.string } == ["Patient/p9"])
        #expect(try his.values("PID-3.1") == ["P007", "P009"])
        #expect(simulator.ledger.violations == [])
    }

    @Test("The report still points to somebody whom the EHR did not merge: for a person")
    func notMoved() async throws {
        let gateway = try await delivered()
        try mergeInEHR()
        try simulator.ehr.put(exam.patientResource(id: "p1").replacing("P007", "P777"))
        await gateway.send(merge())
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        #expect(try await gateway.order.content.parking?.code == "report.foreign.subjectDiffers")
        #expect(simulator.ehr.reports.map { $0.subject?.reference } == ["Patient/p1"])
    }

    // MARK: - Crashes

    @Test("A version whose answer was lost is found out even when a newer one replaced it and was cancelled unsent")
    func replacedAndCancelled() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        _ = try await gateway.worker.runOne()
        simulator.ehr.onSubmit(after: [SimulatedEHR.failing(AdapterError(.interrupted, code: "ehr.timeout"))])
        _ = try await gateway.deliverer.deliverOne(.only("ehr"))
        try #require(simulator.ehr.reports.count == 1)
        await gateway.send(exam.order("XO", id: "2", procedure: "36554-4^XR Chest Single view^LN"))
        _ = try await gateway.worker.runOne()
        simulator.clock.advance(.seconds(60))
        #expect(try await gateway.deliverer.deliverOne(.only("ehr")))
        #expect(try await gateway.state == .composed, "the newer version is still to be sent")
        #expect(try await gateway.order.standing == .preliminary)
        await gateway.send(exam.order("CA", id: "3"))
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        #expect(try await gateway.state == .delivered, "what is out stays")
        #expect(simulator.ehr.reports.map(\.status) == ["preliminary"])
        #expect(try await gateway.outbox(.pending) == 0)
    }

    @Test(
        "Crashed anywhere, then cancelled: the order tells what is outside",
        arguments: [RetractionPolicy.keep, .enteredInError])
    func crashed(_ policy: RetractionPolicy) async throws {
        var (kept, gone) = (0, 0)
        for call in 16...44 {
            for isCommitted in [false, true] {
                let simulator = try Simulator(receivers: ["his-results"])
                try simulator.prepare(exam)
                var settings = Settings(retraction: policy)
                settings.fault = .crash(call: call, isCommitted: isCommitted)
                let first = try await simulator.start(settings)
                await first.send(exam.order(id: "1"))
                try? await first.work()
                settings.fault = .none
                let second = try await simulator.start(settings)
                await second.send(exam.order(id: "1"))
                await second.send(exam.order("CA", id: "2"))
                try await second.work(for: .seconds(1200), every: .seconds(120))
                let place = "call \(call), \(isCommitted)"
                let isOut = simulator.ehr.reports.contains { $0.status == "preliminary" }
                let last = try simulator.receivers[0].values("OBX-11").last
                #expect(try await second.state == (isOut ? .delivered : .cancelled), "\(place)")
                if policy == .enteredInError { #expect(!isOut, "\(place)") }
                if !isOut { #expect(last == nil || last == "W", "\(place)") }
                #expect(try await second.outbox(.pending) == 0, "\(place)")
                #expect(simulator.ledger.violations == [], "\(place)")
                if isOut { kept += 1 } else { gone += 1 }
            }
        }
        #expect(gone > 0)
        #expect((kept > 0) == (policy == .keep))
    }
}

extension String {
    fileprivate func replacing(_ old: String, _ new: String) -> String {
        split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
}
