import Audit
import Testing

@testable import Workflow

@Suite("No access to patient data without its record (design §2, promise 7)")
struct AuditTrailTests {
    let simulator: Simulator
    let exam: Exam

    init() throws {
        simulator = try Simulator()
        exam = Exam()
    }

    static let accesses: [AuditEventType] = [
        .studyQuery, .patientRead, .serviceRequestRead, .imagingStudyRead, .studyRetrieve, .studyDeidentify, .classify,
        .reportCompose, .reportRead,
        .reportPost,
    ]

    @Test(
        "Where the intent cannot be written the access does not happen, and the order goes on later",
        arguments: accesses)
    func intentMissing(_ event: AuditEventType) async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        gateway.store.refuse { $0.event == event && $0.phase == .intent }
        try await gateway.work()
        #expect(simulator.ledger.accesses(event) == 0)
        #expect(simulator.ledger.violations == [])
        #expect(simulator.ehr.reports.isEmpty)
        gateway.store.refuse { _ in false }
        try await gateway.work(for: .seconds(10), every: .seconds(1))
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ledger.violations == [])
        #expect(try simulator.verification().isIntact)
    }

    @Test("Where the outcome cannot be written the step counts as failed", arguments: accesses)
    func outcomeMissing(_ event: AuditEventType) async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        gateway.store.refuse { $0.event == event && $0.phase.intent != nil }
        try await gateway.work()
        #expect(try await gateway.state != .delivered)
        gateway.store.refuse { _ in false }
        try await gateway.work(for: .seconds(10), every: .seconds(1))
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.count == 1)
        #expect(try simulator.verification().isIntact)
    }

    @Test("Each intent gets exactly one outcome, and it tells what became of the access")
    func outcomes() async throws {
        let gateway = try await simulator.start()
        let scope = AuditScope(
            order: StoredOrder(
                id: OrderID("o"), kind: .order, state: .accepted, nextAttempt: simulator.clock.now(),
                created: simulator.clock.now(), updated: simulator.clock.now(),
                content: OrderContent(order: nil, correlation: CorrelationID(value: "c"))))
        let refused = Refused()
        gateway.store.refuse { record in refused.look(record) }
        #expect(try await gateway.trail.around(.studyQuery, scope) { () async throws(AdapterError) in 7 } == 7)
        await #expect(throws: AdapterError(.forbidden, code: "x")) {
            try await gateway.trail.around(.studyQuery, scope) { () async throws(AdapterError) in
                throw AdapterError(.forbidden, code: "x")
            }
        }
        #expect(refused.seen == ["intent -", "outcome -", "intent -", "outcome x"])
        // The log fails after a success: nothing says that the access failed.
        refused.forget()
        gateway.store.refuse { record in
            _ = refused.look(record)
            return record.phase.intent != nil
        }
        await #expect(throws: AdapterError(.busy, code: "simulated.diskFull")) {
            try await gateway.trail.around(.studyQuery, scope) { () async throws(AdapterError) in 7 }
        }
        #expect(refused.seen == ["intent -", "outcome -"])
    }

    @Test("A study that cannot be de-identified for certain does not reach the classifier")
    func failsClosed() async throws {
        try simulator.prepare(exam, images: false)
        var holding = try exam.holding(instances: 2)
        var other = exam
        other.studyNumber = 77
        // The second image belongs to another study, though the archive lists it here.
        let foreign = try other.holding().instances[0]
        holding.instances[1] = foreign
        simulator.archive.hold(holding)
        let gateway = try await simulator.start()
        gateway.store.refuse { $0.event == .classify }
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await gateway.order.content.parking?.reason == .patientMismatch)
        #expect(simulator.ehr.reports.isEmpty)
    }

    @Test("What names an order or patient prints nothing of it")
    func descriptions() async throws {
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        let order = try await gateway.order
        let text = "\(order) \(String(reflecting: order)) \(AuditScope(order: order))"
        for word in [exam.patient, exam.accession, exam.placer, exam.filler, "Canary"] {
            #expect(!text.contains(word), "\(word)")
        }
    }
}
