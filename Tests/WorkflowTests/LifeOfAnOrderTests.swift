import Audit
import DICOM
import FHIR
import Mapping
import Testing

@testable import Workflow

@Suite("From an order to its report (design §4)")
struct LifeOfAnOrderTests {
    let simulator: Simulator
    let exam: Exam

    init() throws {
        simulator = try Simulator()
        exam = Exam()
    }

    @Test("An order becomes one report about the right patient, request and study, and the log verifies")
    func happyPath() async throws {
        var exam = exam
        exam.isChild = true
        try simulator.prepare(exam)
        try simulator.ehr.put(exam.imagingStudy())
        let gateway = try await simulator.start()
        #expect(await gateway.send(exam.order(id: "1")) == "AA")
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        let report = try #require(simulator.ehr.reports.first)
        #expect(simulator.ehr.reports.count == 1)
        #expect(report.status == "preliminary")
        #expect(report.subject?.reference == "Patient/p1")
        #expect(report.basedOn.map(\.reference) == ["ServiceRequest/sr1"])
        #expect(report.imagingStudy.map(\.reference) == ["ImagingStudy/is1"])
        #expect(simulator.ehr.all("Observation").count == 1)
        #expect(simulator.ehr.all("Patient").count == 1)
        #expect(simulator.ledger.violations == [])
        for event in [
            AuditEventType.studyQuery, .patientRead, .serviceRequestRead, .imagingStudyRead, .studyRetrieve,
            .reportRead, .reportPost,
        ] {
            #expect(simulator.ledger.accesses(event) > 0, "\(event.rawValue)")
        }
        let log = try simulator.verification()
        #expect(log.isIntact)
        #expect(log.openIntents == 0)
    }

    @Test("An adult's radiograph is refused in a report that says so")
    func refusal() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        let report = try #require(simulator.ehr.reports.first)
        #expect(report.conclusion?.isEmpty == false)
        let observation = Observation(unchecked: try #require(simulator.ehr.all("Observation").first))
        #expect(observation.dataAbsentReason != nil)
        #expect(observation.valueCodeableConcept == nil)
    }

    @Test("An order for another modality is acknowledged and nobody is asked about it")
    func notApplicable() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        #expect(await gateway.send(exam.order(id: "1", procedure: "24725-4^CT Head^LN", modality: "CT")) == "AA")
        try await gateway.work()
        #expect(try await gateway.state == .notApplicable)
        #expect(simulator.ledger.accessCount == 0)
    }

    // MARK: - Waiting

    @Test("An order before its images waits, is polled with growing pauses, and is reported when they come")
    func waiting() async throws {
        try simulator.prepare(exam, images: false)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        for pause in [10, 20, 40, 80, 160, 320, 600, 600] {
            try await gateway.work()
            let order = try await gateway.order
            #expect(order.state == .waiting)
            #expect(order.nextAttempt == simulator.clock.now() + .seconds(pause))
            simulator.clock.advance(.seconds(pause) - .milliseconds(100))
            let queries = simulator.ledger.accesses(.studyQuery)
            try await gateway.work()
            #expect(simulator.ledger.accesses(.studyQuery) == queries, "nobody is asked before the time")
            simulator.clock.advance(.milliseconds(100))
        }
        try simulator.archive.hold(exam.holding())
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
    }

    @Test("An exam planned for next week is polled daily, and then as often as a new order")
    func scheduled() async throws {
        var exam = exam
        exam.scheduled = "20261125000000"
        try simulator.prepare(exam, images: false)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        let start = try #require(try await gateway.order.content.order?.scheduledTime?.secondsSinceEpoch)
        let days = (Int64(start) - simulator.clock.now().microseconds / 1_000_000) / 86400
        #expect(days > 3)
        for _ in 0..<days {
            #expect(try await gateway.order.nextAttempt == simulator.clock.now() + .seconds(86400))
            simulator.clock.advance(.seconds(86400))
            try await gateway.work()
        }
        #expect(try await gateway.order.nextAttempt.microseconds == start * 1_000_000)
        simulator.clock.advance(.seconds(86400))
        try await gateway.work()
        #expect(try await gateway.order.content.progress.polls == 1)
        #expect(try await gateway.order.nextAttempt == simulator.clock.now() + .seconds(10))
    }

    @Test("A study is taken when its instance count has been the same for the settle time")
    func settling() async throws {
        try simulator.prepare(exam, images: false)
        let gateway = try await simulator.start(Settings(settleTime: .seconds(60)))
        try simulator.archive.hold(exam.holding(instances: 1))
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await gateway.order.nextAttempt == simulator.clock.now() + .seconds(60))
        simulator.clock.advance(.seconds(60))
        try simulator.archive.hold(exam.holding(instances: 2))
        try await gateway.work()
        #expect(try await gateway.state == .waiting)
        #expect(try await gateway.order.nextAttempt == simulator.clock.now() + .seconds(60))
        simulator.clock.advance(.seconds(60))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
    }

    @Test("A study that is gone again is waited for like one that never came")
    func goneAgain() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start(Settings(settleTime: .seconds(60)))
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        simulator.archive.forget(try exam.uid())
        simulator.clock.advance(.seconds(60))
        try await gateway.work()
        #expect(try await gateway.order.nextAttempt == simulator.clock.now() + .seconds(10))
        try simulator.archive.hold(exam.holding())
        simulator.clock.advance(.seconds(10))
        try await gateway.work()
        #expect(try await gateway.state == .waiting, "it has to settle anew")
        simulator.clock.advance(.seconds(60))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
    }

    @Test("A study without an instance yet is waited for, not refused", arguments: [0, 1])
    func noInstance(_ listed: Int) async throws {
        try simulator.prepare(exam, images: false)
        try simulator.archive.hold(exam.holding(instances: 0, listed: listed))
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await gateway.state == .waiting)
        #expect(simulator.ehr.reports.isEmpty)
        try simulator.archive.hold(exam.holding())
        simulator.clock.advance(.seconds(10))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
    }

    @Test("After 30 days without images a person is asked; a retry looks once more")
    func neverArrived() async throws {
        try simulator.prepare(exam, images: false)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work(for: .seconds(30 * 86400), every: .seconds(43200))
        #expect(try await gateway.state == .parked)
        #expect(try await gateway.order.content.parking?.reason == .imagesNeverArrived)
        try simulator.archive.hold(exam.holding())
        try await gateway.operate(.retryRequested)
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
    }

    @Test("Without accession number and study nobody is asked; the message that brings the number wakes the order")
    func numberComesLater() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1", accession: .some(nil), study: .some(nil)))
        try await gateway.work()
        #expect(try await gateway.state == .waiting)
        #expect(simulator.ledger.accessCount == 0)
        await gateway.send(exam.order("SC", id: "2", status: "IP", study: .some(nil)))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
    }

    @Test("Two studies under one accession number are for a person")
    func ambiguousStudy() async throws {
        try simulator.prepare(exam)
        var other = exam
        other.studyNumber = 99
        try simulator.archive.hold(other.holding())
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1", study: .some(nil)))
        try await gateway.work()
        #expect(try await gateway.order.content.parking?.reason == .studyAmbiguous)
    }

    // MARK: - Shadow

    @Test("In shadow a report is composed and stays, until an operator releases it")
    func shadow() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start(Settings(isShadow: true))
        let begin = simulator.clock.now()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await gateway.state == .composed)
        #expect(try await gateway.outbox(.held) == 1)
        let on = try await simulator.start()
        try await on.work()
        #expect(simulator.ehr.reports.isEmpty)
        simulator.clock.advance(.seconds(60))
        #expect(
            try await on.store.releaseHeld(since: simulator.clock.now(), now: simulator.clock.now(), records: []) == 0)
        #expect(try await on.store.releaseHeld(since: begin, now: simulator.clock.now(), records: []) == 1)
        try await on.work()
        #expect(try await on.state == .delivered)
        #expect(simulator.ehr.reports.count == 1)
    }

    @Test("The lease outlives the longest run, and both outlive what a peer may take")
    func leases() {
        #expect(OrderWorker.runLimit < OrderWorker.leaseDuration)
        #expect(Deliverer.runLimit < Deliverer.leaseDuration)
    }
}
