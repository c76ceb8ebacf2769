import Audit
import DICOM
import Mapping
import Testing

@testable import Workflow

@Suite("What a message makes of the orders it touches (design §4)")
struct MessageTests {
    let simulator: Simulator
    let exam = Exam()

    init() throws { simulator = try Simulator() }

    private func bytes(_ reply: IntakeReply) throws -> [UInt8] {
        guard case .reply(let bytes) = reply else { throw Missing() }
        return bytes
    }

    // MARK: - Stored before acknowledged, resends

    @Test("The very same message gets the very same answer and changes nothing")
    func replay() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        let message = Array(exam.order(id: "1").utf8)
        let first = try bytes(await gateway.intake.receive(message).reply)
        try await gateway.work()
        let delivered = try await gateway.order
        let second = try bytes(await gateway.intake.receive(message).reply)
        #expect(first == second)
        try await gateway.work()
        #expect(try await gateway.order == delivered)
        #expect(simulator.ehr.reports.count == 1)
    }

    @Test("The same control id with other content is another message")
    func reusedControlID() async throws {
        let gateway = try await simulator.start()
        var other = exam
        other.number = 2
        await gateway.send(exam.order(id: "1"))
        await gateway.send(other.order(id: "1"))
        #expect(try await gateway.orders.count == 2)
    }

    @Test("The same order under a new control id is the same order", arguments: [0, 1])
    func newControlID(_ stage: Int) async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        if stage == 1 { try await gateway.work() }
        #expect(await gateway.send(exam.order(id: "2")) == "AA")
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.count == 1)
        #expect(simulator.ledger.accesses(.reportPost) == 1)
    }

    @Test("A message that was refused is evaluated afresh")
    func refusedAgain() async throws {
        let gateway = try await simulator.start()
        let message = exam.order(id: "1", patient: .some(nil))
        let first = try bytes(await gateway.intake.receive(Array(message.utf8)).reply)
        let second = try bytes(await gateway.intake.receive(Array(message.utf8)).reply)
        #expect(String(decoding: first, as: UTF8.self).contains("MSA|AE|1"))
        #expect(first != second, "each refusal has a control id of its own")
        #expect(try await gateway.orders.isEmpty)
    }

    @Test("Where nothing can be stored nothing is acknowledged", arguments: [false, true])
    func withheld(_ isCommitted: Bool) async throws {
        let failing = try await simulator.start(Settings(fault: .crash(call: 1, isCommitted: isCommitted)))
        #expect(await failing.send(exam.order(id: "1")) == "withheld")
        let gateway = try await simulator.start()
        #expect(try await gateway.orders.count == (isCommitted ? 1 : 0))
        #expect(await gateway.send(exam.order(id: "1")) == "AA")
        #expect(try await gateway.orders.count == 1)
    }

    @Test("A refusal whose record has no room is not answered; the connection stays good for others")
    func unrecorded() async throws {
        let gateway = try await simulator.start()
        gateway.store.refuse { $0.event == .listenerRefused }
        #expect(await gateway.send("no message at all") == "withheld")
        #expect(await gateway.send(exam.order(id: "1")) == "AA")
    }

    // MARK: - Identity

    @Test("Messages with some number in common are one order, and each adds its own")
    func keysAreAdded() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1", filler: .some(nil), accession: .some(nil), study: .some(nil)))
        await gateway.send(exam.order(id: "2", accession: .some(nil), study: .some(nil)))
        await gateway.send(exam.order(id: "3", placer: .some(nil), study: .some(nil)))
        await gateway.send(exam.order(id: "4", filler: .some(nil), study: .some(nil)))
        let order = try await gateway.order
        #expect(order.content.order?.identity.keys.map(\.kind) == [.accession, .filler, .placer])
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
    }

    @Test("A message whose numbers belong to two orders parks both and withdraws what has not gone out")
    func identityConflict() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start(Settings(isShadow: true))
        var other = exam
        other.number = 2
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        await gateway.send(other.order(id: "2"))
        #expect(await gateway.send(exam.order(id: "3", accession: other.accession)) == "AA")
        let orders = try await gateway.orders
        #expect(orders.map(\.state) == [.parked, .parked])
        #expect(Set(orders.map(\.content.parking?.reason)) == [.identityConflict])
        #expect(Set(orders.map(\.content.parking?.from)) == [.composed, .accepted])
        #expect(try await gateway.outbox(.withdrawn) == 1)
    }

    @Test("Two orders that no model took are no conflict: the one that is ours is taken")
    func noConflict() async throws {
        let gateway = try await simulator.start()
        var other = exam
        other.number = 2
        for (exam, id) in [(exam, "1"), (other, "2")] {
            await gateway.send(exam.order(id: id, procedure: "24725-4^CT Head^LN", modality: "CT"))
        }
        await gateway.send(exam.order(id: "3", accession: other.accession))
        #expect(try await gateway.orders.map(\.state).contains(.accepted))
    }

    @Test("A patient's number without a known assigner is no key and no patient")
    func unknownAssigner() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        let message = exam.order(id: "1").split(separator: "^HOSP^MR").joined(separator: "^NOBODY^MR")
        let answer = await gateway.send(message)
        try await gateway.work()
        // Refused at once or parked later: never reported.
        #expect(simulator.ehr.reports.isEmpty)
        if answer == "AA" { #expect(try await gateway.order.content.parking?.reason == .assignerUnknown) }
    }

    // MARK: - Changes

    @Test("XO after delivery runs again: one report, in a new version only where it says something else")
    func changeAfterDelivery() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        await gateway.send(exam.order("XO", id: "2", modality: "CR"))
        #expect(try await gateway.state == .accepted)
        #expect(try await gateway.order.standing == .preliminary)
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.count == 1)
    }

    @Test("A held order is left alone by worker and announcements until it is released")
    func held() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        await gateway.send(exam.order("HD", id: "2"))
        try await gateway.announce(exam.imagingStudy())
        try await gateway.work(for: .seconds(7200), every: .seconds(600))
        #expect(try await gateway.state == .held)
        #expect(simulator.ledger.accessCount == 0)
        await gateway.send(exam.order("RL", id: "3"))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
    }

    @Test("A report that is held before it goes out goes out once the order is released")
    func heldComposed() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        simulator.ehr.fail(AdapterError(.unavailable, code: "ehr.http.503"))
        try await gateway.work()
        simulator.ehr.fail(nil)
        _ = try await gateway.worker.runOne()
        await gateway.send(exam.order("HD", id: "2"))
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        #expect(simulator.ehr.reports.isEmpty)
        await gateway.send(exam.order("RL", id: "3"))
        try await gateway.work(for: .seconds(600), every: .seconds(60))
        #expect(try await gateway.state == .delivered)
        #expect(simulator.ehr.reports.count == 1)
    }

    @Test("A patient merged before the order came: the EHR's survivor gets the report, the images keep the old number")
    func mergedBefore() async throws {
        var merged = exam
        merged.patient = "P100"
        try simulator.ehr.put(merged.patientResource())
        try simulator.ehr.put(merged.serviceRequest())
        try simulator.archive.hold(exam.holding())
        let gateway = try await simulator.start()
        #expect(await gateway.send(OrderText.merge("1", (surviving: "P100", prior: "P007"))) == "AA")
        await gateway.send(exam.order(id: "2"))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(try await gateway.order.content.formerPatient.map(\.value) == ["P007"])
    }

    @Test("XO to another patient before delivery: matched again, and nothing about the first one goes out")
    func otherPatientBefore() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start(Settings(isShadow: true))
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await gateway.state == .composed)
        await gateway.send(exam.order("XO", id: "2", patient: "P008"))
        #expect(try await gateway.outbox(.withdrawn) == 1)
        try await gateway.work()
        // The archive's images are still the first patient's.
        #expect(try await gateway.order.content.parking?.reason == .patientNotFound)
    }

    @Test("NW for another study of the patient is matched again, with that study")
    func otherStudy() async throws {
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        await gateway.send(exam.order(id: "2", study: "1.2.826.0.1.55"))
        let order = try await gateway.order
        #expect(order.state == .accepted)
        #expect(order.content.order?.studyInstanceUID?.value == "1.2.826.0.1.55")
    }

    @Test("NW for an exam that no rule takes any more is not applicable: no image is touched")
    func otherExam() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        await gateway.send(exam.order(id: "2", procedure: "24725-4^CT Head^LN", modality: "CT"))
        try await gateway.work()
        #expect(try await gateway.state == .notApplicable)
        #expect(try await gateway.order.content.notApplicableReason == "noRule")
        #expect(simulator.ledger.accessCount == 0)
    }

    @Test("A message that says too little replaces nothing")
    func sparse() async throws {
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        let before = try #require(try await gateway.order.content.order)
        await gateway.send(
            exam.order("XO", id: "2", patient: .some(nil), study: .some(nil), procedure: "", modality: ""))
        let order = try await gateway.order
        #expect(order.state == .accepted)
        #expect(order.content.order?.says(sameAs: before, isPlanned: true) == true)
    }

    @Test("A status without a patient changes nothing; completed wakes the order")
    func status() async throws {
        try simulator.prepare(exam, images: false)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        try simulator.archive.hold(exam.holding())
        await gateway.send(exam.order("SC", id: "2", status: "IP", patient: .some(nil), procedure: ""))
        try await gateway.work()
        #expect(try await gateway.state == .waiting)
        await gateway.send(exam.order("SC", id: "3", status: "CM", patient: .some(nil), procedure: ""))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
    }

    @Test("An order that is woken from being parked starts over and is parked no more")
    func wokenByStatus() async throws {
        try simulator.prepare(exam)
        simulator.archive.fail(AdapterError(.forbidden, code: "archive.http.403"))
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1"))
        try await gateway.work()
        #expect(try await gateway.order.content.parking?.reason == .peerRefused)
        await gateway.send(exam.order("SC", id: "2", status: "CM"))
        let order = try await gateway.order
        #expect(order.state == .accepted)
        #expect(order.content.parking == nil)
        #expect(order.content.progress == OrderProgress())
    }

    @Test("An order that no model took is routed again by each message")
    func routedAgain() async throws {
        try simulator.prepare(exam)
        let gateway = try await simulator.start()
        await gateway.send(exam.order(id: "1", procedure: "24725-4^CT Head^LN", modality: "CT"))
        await gateway.send(exam.order("XO", id: "2"))
        try await gateway.work()
        #expect(try await gateway.state == .delivered)
        #expect(try await gateway.order.content.notApplicableReason == nil)
    }
}
