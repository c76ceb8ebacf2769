import Audit
import FHIR
import JSON
import Testing

@testable import Workflow

@Suite("Every way to another system is used only under its own intent")
struct SeamInventoryTests {
    let simulator: Simulator
    let exam = Exam()
    let page: RecordedPage

    init() throws {
        simulator = try Simulator(receivers: ["his-results"])
        page = try RecordedPage()
    }

    /// An order with number and one without, a notice before its order, a report moved to a merged patient, withdrawals.
    private func workThrough() async throws {
        try simulator.ehr.put(exam.patientResource())
        try simulator.ehr.put(exam.serviceRequest())
        try simulator.ehr.put(exam.imagingStudy(withNumber: false, basedOn: "ServiceRequest/sr1"))
        let gateway = try await simulator.start(Settings(retraction: .enteredInError, research: ExportRule()))
        await gateway.send(exam.order(id: "1", study: .some(nil)))
        try await gateway.work()
        try simulator.archive.hold(exam.holding())
        try await gateway.announce(exam.imagingStudy(withNumber: false))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        try await gateway.export()
        try await move(gateway)
        await gateway.send(exam.order(id: "3"))
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        await gateway.send(exam.order("CA", id: "4"))
        try await gateway.work(for: .seconds(600), every: .seconds(60))
    }

    /// The EHR's report names somebody who was merged into the patient.
    private func move(_ gateway: SimulatedGateway) async throws {
        try simulator.ehr.put(
            #"""
            {"resourceType":"Patient","id":"p9","link":[{"type":"replaced-by","other":{"reference":"Patient/p1"}}]}
            """#)
        var report = simulator.ehr.all("DiagnosticReport")[0]
        report["subject"] = ["reference": "Patient/p9"]
        try simulator.ehr.put(String(decoding: JSONValue.object(report).serialized(), as: UTF8.self))
        simulator.clock.advance(.seconds(60))
        await gateway.send(exam.order("XO", id: "2"))
        try await gateway.work(for: .seconds(600), every: .seconds(60))
    }

    @Test("Each method is really called, each time while an intent of a declared event is open")
    func methods() async throws {
        try await workThrough()
        #expect(simulator.ledger.violations == [])
        for (method, events) in page.ways("seam") where !events.isEmpty {
            let open = try #require(simulator.ledger.events(of: method), "\(method) was never called")
            #expect(Set(open.map(\.rawValue)).isSubset(of: events), "\(method): \(open)")
        }
    }

    @Test("A method that is called without its intent is seen", arguments: [AuditEventType.patientRead, .studyQuery])
    func negative(_ other: AuditEventType) async throws {
        let gateway = try await simulator.start()
        let identifier = Identifier(system: "urn:hospital", value: "P007")
        _ = try await simulator.ehr.patients(identifier: identifier)
        #expect(simulator.ledger.violations == ["EHR.patients(identifier:): patient.read"])
        try await gateway.trail.around(other, AuditScope()) { () async throws(AdapterError) in
            _ = try await simulator.ehr.serviceRequests(identifier: identifier)
        }
        #expect(simulator.ledger.violations.count == 2, "another event's intent is none")
    }
}
