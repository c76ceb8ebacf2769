import Audit
import DICOM
import Foundation
import Persistence
import Testing

@testable import Workflow

@Suite("Trouble with archive and EHR (design §4, retry and parking)")
struct TroubleTests {
    let simulator: Simulator
    let exam: Exam

    init() throws {
        simulator = try Simulator()
        exam = Exam()
    }

    private func parking(_ gateway: SimulatedGateway) async throws -> Parking? {
        try await gateway.order.content.parking
    }

    // MARK: - Retry

    @Test("An archive that is down is asked again with growing pauses, and the order goes on when it is up")
    func archiveDown() async throws {
        try simulator.prepare(exam)
        simulator.archive.fail(AdapterError(.unavailable, code: "pacs.connect"))
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        for failures in 1...6 {
            try await gateway.work()
            let order = try await gateway.order
            #expect(order.state == .accepted)
            #expect(order.content.progress.failures == failures)
            let pause = order.nextAttempt - simulator.clock.now()
            let longest = Duration.seconds(1 << (failures - 1))
            #expect(pause >= longest / 2 && pause <= longest)
            simulator.clock.advance(pause)
        }
        simulator.archive.fail(nil)
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(try await gateway.order.content.progress == OrderProgress())
    }

    @Test("An archive that stays down is handed to a person after the configured age")
    func archiveGone() async throws {
        try simulator.prepare(exam)
        simulator.archive.fail(AdapterError(.unavailable, code: "pacs.connect"))
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work(for: .seconds(4200), every: .seconds(100))
        #expect(try await parking(gateway) == Parking(reason: .retriesExhausted, code: "pacs.connect", from: .accepted))
    }

    @Test("A notice of its images gives an order that ran out of tries all its tries again")
    func triesAgain() async throws {
        try simulator.prepare(exam)
        simulator.archive.fail(AdapterError(.unavailable, code: "pacs.connect"))
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work(for: .seconds(4200), every: .seconds(100))
        try #require(try await gateway.state == .parked)
        try await gateway.announce(exam.imagingStudy())
        try await gateway.work()
        #expect(try await gateway.state == .accepted)
        #expect(try await gateway.order.content.progress.failures == 1)
    }

    @Test("An EHR that is busy is asked again, and gets one report")
    func busyEHR() async throws {
        try simulator.prepare(exam)
        let busy = SimulatedEHR.failing(AdapterError(.busy, code: "ehr.http.503", retryAfter: .seconds(60)))
        simulator.ehr.onSubmit(before: [busy, busy])
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        simulator.clock.advance(.seconds(59))
        try await gateway.work()
        #expect(simulator.ledger.accesses(.reportPost) == 1, "Retry-After is kept")
        try await gateway.work(for: .seconds(120), every: .seconds(1))
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.count == 1)
    }

    @Test("A transaction that took effect although its answer was lost makes no second report")
    func lostAnswer() async throws {
        try simulator.prepare(exam)
        simulator.ehr.onSubmit(after: [SimulatedEHR.failing(AdapterError(.interrupted, code: "ehr.connection"))])
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work(for: .seconds(10), every: .seconds(1))
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.count == 1)
        #expect(simulator.ledger.accesses(.reportPost) == 1)
    }

    @Test("A conflict is read again three times, then a person is asked; an outage before uses up none of them")
    func conflicts() async throws {
        try simulator.prepare(exam)
        let away = SimulatedEHR.failing(AdapterError(.unavailable, code: "ehr.http.503"))
        let conflict = SimulatedEHR.failing(AdapterError(.conflict, code: "ehr.http.409"))
        simulator.ehr.onSubmit(before: Array(repeating: away, count: 5) + Array(repeating: conflict, count: 4))
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        var posts: [Int] = []
        for _ in 0..<9 {
            try await gateway.work()
            posts.append(simulator.ledger.accesses(.reportPost))
            if posts.count < 9 { #expect(try await gateway.state == .composed) }
            simulator.clock.advance(.seconds(300))
        }
        #expect(posts == Array(1...9))
        #expect(try await parking(gateway) == Parking(reason: .peerRefused, code: "ehr.http.409", from: .composed))
        #expect(try await gateway.outbox(.failed) == 1)
        try await gateway.operate(.retryRequested)
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
    }

    @Test("A run that takes longer than its limit is cancelled before its lease ends, and tried again")
    func runLimit() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        let clock = simulator.clock
        simulator.archive.onNextRetrieve { () async throws(AdapterError) in
            clock.advance(OrderWorker.runLimit)
            // A peer that never ends: only cancellation helps.
            do { try await clock.sleep(for: .seconds(1_000_000)) } catch {
                throw AdapterError(.interrupted, code: "pacs.cancelled")
            }
        }
        #expect(try await gateway.worker.runOne())
        #expect(try await gateway.state == .accepted)
        #expect(try await gateway.order.content.progress.failures == 1)
        simulator.clock.advance(.seconds(1))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
    }

    @Test("A model does not go on after the run's limit: nothing is composed, and the order is tried again")
    func runLimitInModel() async throws {
        var exam = exam
        exam.isChild = true
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        let clock = simulator.clock
        simulator.archive.onNextRetrieve { () async throws(AdapterError) in
            clock.advance(OrderWorker.runLimit)
            // The images come all the same, once the run is cancelled.
            try? await clock.sleep(for: .seconds(1_000_000))
        }
        #expect(try await gateway.worker.runOne())
        #expect(try await gateway.state == .accepted)
        #expect(try await gateway.order.content.progress.failures == 1)
        #expect(gateway.outcomes.all.isEmpty)
        let store = try SQLiteStore.open(simulator.folder, keys: simulator.keys)
        let records = try await store.auditEntries(AuditQuery(limit: 10_000), reading: []).compactMap(\.record)
        #expect(records.contains { $0.event == .classify && $0.code == "classifier.interrupted" })
        #expect(!records.contains { $0.event == .reportCompose })
        simulator.clock.advance(.seconds(1))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
    }

    // MARK: - Right patient or nothing

    @Test("Another patient in the archive's index: parked before anything is retrieved")
    func mismatchBefore() async throws {
        var exam = exam
        exam.indexPatient = "P008"
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(
            try await parking(gateway)
                == Parking(reason: .patientMismatch, code: "matching.studyPatientMismatch", from: .accepted))
        #expect(simulator.ledger.accesses(.studyRetrieve) == 0)
        #expect(simulator.ehr.reports.isEmpty)
    }

    @Test("Another patient in the images' headers: parked before the classifier sees them")
    func mismatchAfter() async throws {
        var exam = exam
        exam.headerPatient = "P008"
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        gateway.store.refuse { $0.event == .classify || $0.event == .studyDeidentify }
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await parking(gateway)?.reason == .patientMismatch)
        #expect(simulator.ledger.accesses(.studyRetrieve) == 1)
        #expect(simulator.ehr.reports.isEmpty)
    }

    @Test("No patient in the EHR, and two of them, are for a person")
    func patients() async throws {
        try simulator.archive.hold(exam.holding())
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await parking(gateway)?.reason == .patientNotFound)
        try simulator.ehr.put(exam.patientResource())
        try simulator.ehr.put(exam.patientResource(id: "p2"))
        try await gateway.operate(.retryRequested)
        try await gateway.work()
        #expect(try await parking(gateway)?.reason == .patientAmbiguous)
    }

    @Test("A request of another patient is for a person")
    func otherRequest() async throws {
        try simulator.prepare(exam)
        try simulator.ehr.put(exam.serviceRequest(subject: "p2"))
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await parking(gateway)?.code == "matching.serviceRequestPatientMismatch")
    }

    // MARK: - Images

    @Test("A truncated retrieval is tried again and leaves no scratch file")
    func truncated() async throws {
        try simulator.prepare(exam)
        simulator.archive.truncate(true)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await gateway.state == .accepted)
        #expect(try await gateway.order.content.progress.failures == 1)
        #expect(try scratchFiles().isEmpty)
        simulator.archive.truncate(false)
        simulator.clock.advance(.seconds(1))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(try scratchFiles().isEmpty)
    }

    @Test("Bytes that are no image park the order as unreadable")
    func unreadable() async throws {
        try simulator.prepare(exam, images: false)
        try simulator.archive.hold(exam.holding(bytes: Array("no DICOM at all".utf8)))
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await parking(gateway)?.reason == .imagesUnreadable)
        #expect(try await parking(gateway)?.code?.hasPrefix("dicom.") == true)
    }

    @Test("An instance that is not the one that was asked for is the archive's error")
    func otherInstance() async throws {
        try simulator.prepare(exam, images: false)
        var holding = try exam.holding(instances: 2)
        holding.instances[0].bytes = holding.instances[1].bytes
        simulator.archive.hold(holding)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(
            try await parking(gateway) == Parking(reason: .peerRefused, code: "archive.otherInstance", from: .accepted))
    }

    @Test("Too many instances, too large an instance and too large a study are refused, not held in memory")
    func bounds() async throws {
        let size = try exam.holding().instances[0].bytes.count
        for (limits, code, retrieved) in [
            (StudyLimits(instancesPerStudy: 1, instanceBytes: 1 << 20), "study.tooManyInstances", 0),
            (StudyLimits(instancesPerStudy: 3, instanceBytes: size - 1), "archive.instanceTooLarge", 1),
            (StudyLimits(instancesPerStudy: 3, instanceBytes: size * 3 / 2), "study.tooLarge", 2),
        ] {
            let simulator = try Simulator()
            try simulator.prepare(exam)
            try simulator.archive.hold(exam.holding(instances: 2))
            let gateway = try await simulator.start(Settings(limits: limits))
            await gateway.send(exam.order(id: "1"))
            try await gateway.work()
            #expect(try await parking(gateway)?.code == code)
            #expect(simulator.ledger.accesses(.studyRetrieve) == retrieved)
        }
    }

    private func scratchFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: simulator.folder.scratchPath)
    }
}
