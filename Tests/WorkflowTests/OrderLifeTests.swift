import Audit
import DICOM
import Mapping
import Testing

@testable import Workflow

/// One cell of design §4's table, through the whole intake: a message about an order that got so far.
struct IntakeCell: Sendable, CustomTestStringConvertible {
    let words: String
    let state: OrderState
    var standing = ReportStanding.none
    var retraction = RetractionPolicy.keep
    let message: String
    let becomes: OrderState
    var withdraws = false
    var retracts = false
    var parking: ParkReason?

    var testDescription: String { words }
}

@Suite("Each cell of the table through the intake (design §4)")
struct OrderLifeTests {
    static let later = "20260102120000"

    static let sameAgain = OrderText.message("2", .chest)
    static let changed = OrderText.message(
        "2", .chest.with { ($0.control, $0.procedure) = ("XO", "36643-5^XR Chest 2 Views^LN") })
    static let replaced = OrderText.message("2", .chest.with { ($0.control, $0.modality) = ("RP", "CR") })
    static let otherPatient = OrderText.message("2", patient: "P008", .chest.with { $0.control = "XO" })
    static let otherStudy = OrderText.message("2", .chest.with { ($0.control, $0.study) = ("XO", "1.2.826.0.1.55") })
    static let merge = OrderText.merge("2", (surviving: "P100", prior: "P007"))
    static let head = OrderText.message(
        "2", .chest.with { ($0.control, $0.procedure, $0.modality) = ("XO", "24725-4^CT Head^LN", "CT") })

    static let cells: [IntakeCell] = [
        IntakeCell(
            words: "NW again, before compose: no change", state: .waiting, message: sameAgain, becomes: .waiting),
        IntakeCell(words: "NW again, composed: no change", state: .composed, message: sameAgain, becomes: .composed),
        IntakeCell(
            words: "NW again, delivered: no change", state: .delivered, standing: .preliminary, message: sameAgain,
            becomes: .delivered),
        IntakeCell(words: "XO, before compose: fields updated", state: .waiting, message: changed, becomes: .waiting),
        IntakeCell(words: "XO, held: fields updated, still held", state: .held, message: changed, becomes: .held),
        IntakeCell(
            words: "XO, composed: recomposed", state: .composed, message: changed, becomes: .accepted, withdraws: true),
        IntakeCell(
            words: "RP, composed: recomposed", state: .composed, message: replaced, becomes: .accepted, withdraws: true),
        IntakeCell(
            words: "XO, delivered: new version if the content changes", state: .delivered, standing: .preliminary,
            message: changed, becomes: .accepted, withdraws: true),
        IntakeCell(
            words: "XO, a person's final: recorded only", state: .delivered, standing: .final, message: changed,
            becomes: .delivered),
        IntakeCell(
            words: "XO, parked: evaluated again", state: .parked, message: changed, becomes: .accepted, withdraws: true),
        IntakeCell(words: "XO, cancelled: recorded", state: .cancelled, message: changed, becomes: .cancelled),
        IntakeCell(
            words: "XO, patient changes, before compose: matched again", state: .waiting, message: otherPatient,
            becomes: .accepted, withdraws: true),
        IntakeCell(
            words: "XO, patient changes, composed: matched again, recomposed, and what is on its way is retracted",
            state: .composed, message: otherPatient, becomes: .accepted, withdraws: true, retracts: true),
        IntakeCell(
            words: "XO, patient changes, delivered: entered-in-error and anew", state: .delivered,
            standing: .preliminary, message: otherPatient, becomes: .accepted, withdraws: true, retracts: true),
        IntakeCell(
            words: "XO, study changes, delivered: entered-in-error and anew", state: .delivered,
            standing: .preliminary, message: otherStudy, becomes: .accepted, withdraws: true, retracts: true),
        IntakeCell(
            words: "XO, patient changes, a person's final: entered-in-error for ours only, alarm", state: .delivered,
            standing: .final, message: otherPatient, becomes: .parked, withdraws: true, retracts: true,
            parking: .reportFinal),
        IntakeCell(words: "merge, before compose: matched again", state: .waiting, message: merge, becomes: .waiting),
        IntakeCell(
            words: "merge, composed: matched again, recomposed", state: .composed, message: merge, becomes: .accepted,
            withdraws: true),
        IntakeCell(
            words: "merge, delivered: run again, to be moved if the EHR merged", state: .delivered,
            standing: .preliminary, message: merge, becomes: .accepted, withdraws: true),
        IntakeCell(
            words: "merge, a person's final: recorded", state: .delivered, standing: .final, message: merge,
            becomes: .delivered),
        IntakeCell(
            words: "merge, parked: evaluated again", state: .parked, message: merge, becomes: .accepted, withdraws: true
        ),
        IntakeCell(
            words: "CA, before compose: cancelled", state: .waiting, message: OrderText.control("CA", id: "2"),
            becomes: .cancelled, withdraws: true),
        IntakeCell(
            words: "DC, before compose: cancelled", state: .accepted, message: OrderText.control("DC", id: "2"),
            becomes: .cancelled, withdraws: true),
        IntakeCell(
            words: "OC, held: cancelled", state: .held, message: OrderText.control("OC", id: "2"), becomes: .cancelled,
            withdraws: true),
        IntakeCell(
            words: "SC with ORC-5 CA: cancelled", state: .waiting,
            message: OrderText.message(
                "2", patient: nil, .chest.with { ($0.control, $0.status, $0.procedure) = ("SC", "CA", nil) }),
            becomes: .cancelled, withdraws: true),
        IntakeCell(
            words: "CA, composed: cancelled, outbox withdrawn", state: .composed,
            message: OrderText.control("CA", id: "2"), becomes: .cancelled, withdraws: true),
        IntakeCell(
            words: "CA, delivered, by policy: keep", state: .delivered, standing: .preliminary,
            message: OrderText.control("CA", id: "2"), becomes: .delivered),
        IntakeCell(
            words: "CA, delivered and running again, by policy: keep", state: .accepted, standing: .preliminary,
            message: OrderText.control("CA", id: "2"), becomes: .delivered, withdraws: true),
        IntakeCell(
            words: "CA, delivered, by policy: entered-in-error", state: .delivered, standing: .preliminary,
            retraction: .enteredInError, message: OrderText.control("CA", id: "2"), becomes: .cancelled,
            withdraws: true, retracts: true),
        IntakeCell(
            words: "CA, a person's final: recorded only", state: .delivered, standing: .final,
            retraction: .enteredInError, message: OrderText.control("CA", id: "2"), becomes: .delivered),
        IntakeCell(
            words: "CA, parked: cancelled", state: .parked, message: OrderText.control("CA", id: "2"),
            becomes: .cancelled, withdraws: true),
        IntakeCell(
            words: "HD, before compose: held", state: .waiting, message: OrderText.control("HD", id: "2"),
            becomes: .held),
        IntakeCell(
            words: "HD, composed: held, outbox withdrawn", state: .composed, message: OrderText.control("HD", id: "2"),
            becomes: .held, withdraws: true),
        IntakeCell(
            words: "HD, delivered: recorded", state: .delivered, standing: .preliminary,
            message: OrderText.control("HD", id: "2"), becomes: .delivered),
        IntakeCell(
            words: "HD, parked: held", state: .parked, message: OrderText.control("HD", id: "2"), becomes: .held,
            withdraws: true),
        IntakeCell(
            words: "RL, held: released", state: .held, message: OrderText.control("RL", id: "2"), becomes: .accepted),
        IntakeCell(
            words: "RL, parked: evaluated again", state: .parked, message: OrderText.control("RL", id: "2"),
            becomes: .accepted, withdraws: true),
        IntakeCell(
            words: "RL, delivered: recorded", state: .delivered, standing: .preliminary,
            message: OrderText.control("RL", id: "2"), becomes: .delivered),
        IntakeCell(
            words: "XO that no rule takes, before compose: notApplicable", state: .waiting, message: head,
            becomes: .notApplicable, withdraws: true),
        IntakeCell(
            words: "XO that no rule takes, delivered: for a person", state: .delivered, standing: .preliminary,
            message: head, becomes: .parked, withdraws: true, parking: .orderChanged),
    ]

    @Test("Cell", arguments: cells)
    func cell(_ cell: IntakeCell) async throws {
        let bench = try IntakeBench(retraction: cell.retraction)
        await bench.send(OrderText.message("1", .chest))
        try bench.bring(to: cell.state, standing: cell.standing)
        let before = try bench.order
        #expect(await bench.send(cell.message) == "AA")
        let after = try bench.order
        #expect(after.state == cell.becomes)
        let decision = try #require(bench.store.last)
        #expect(decision.withdrawn.isEmpty != cell.withdraws)
        #expect(decision.retractions.isEmpty != cell.retracts)
        #expect(after.content.generation == (cell.retracts ? 1 : 0))
        #expect(after.content.parking?.reason == (cell.becomes == .parked ? cell.parking : nil))
        #expect(decision.records.count == 1)
        if cell.retracts {
            #expect(after.content.standing == .withdrawn)
        } else {
            #expect(after.standing == before.standing)
        }
    }

    // MARK: - What the fields are

    @Test("XO, before compose: what it says is the order's, what it leaves out stays")
    func fields() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        await bench.send(
            OrderText.message(
                "2", .chest.with { ($0.control, $0.study, $0.accession, $0.modality) = ("XO", nil, nil, nil) }))
        let order = try #require(try bench.order.content.order)
        #expect(order.studyInstanceUID?.value == "1.2.826.0.1.1")
        #expect(order.identity.keys.map(\.kind) == [.accession, .filler, .placer])
        #expect(order.modality == "DX")
    }

    @Test("XO with another patient keeps nothing of the first one")
    func otherPatientFields() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.merge("0", (surviving: "P007", prior: "P001")))
        await bench.send(OrderText.message("1", patient: "P001", .chest))
        #expect(try bench.order.content.formerPatient.map(\.value) == ["P001"])
        await bench.send(OrderText.message("2", patient: "P008", name: "", .chest.with { $0.control = "XO" }))
        let content = try bench.order.content
        #expect(content.order?.patient.map(\.value) == ["P008"])
        #expect(content.order?.patientName == nil)
        #expect(content.formerPatient.isEmpty)
    }

    // MARK: - Hold

    @Test("An order that is held stays held when its images are announced, and runs when it is released")
    func heldAndAnnounced() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        try bench.bring(to: .parked)
        await bench.send(OrderText.control("HD", id: "2"))
        _ = try await bench.notices.receive(body: Array(Exam().imagingStudy().utf8), id: nil)
        #expect(try bench.order.state == .held)
        #expect(try bench.order.content.imagingStudyID == "is1")
        await bench.send(OrderText.control("RL", id: "3"))
        #expect(try bench.order.state == .accepted)
        #expect(try bench.order.content.parking == nil)
    }

    @Test("An order held while it waited waits again once released, and is due at once")
    func heldWhileWaiting() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        try bench.bring(to: .waiting)
        bench.store.change(try bench.order.id) { $0.nextAttempt = $0.nextAttempt + .seconds(3600) }
        await bench.send(OrderText.control("HD", id: "2"))
        #expect(try bench.order.content.heldFrom == .waiting)
        await bench.send(OrderText.control("RL", id: "3"))
        #expect(try bench.order.state == .waiting)
        #expect(try bench.order.nextAttempt == bench.clock.now())
        #expect(try bench.order.content.heldFrom == nil)
    }

    @Test("A hold that comes before its order holds it; released, it is routed", arguments: [OrderText.chest, .head])
    func holdFirst(_ text: OrderText) async throws {
        let bench = try IntakeBench()
        let placer = try #require(text.placer)
        await bench.send(OrderText.control("HD", id: "1", placer: placer, time: "20260101130000"))
        #expect(try bench.order.state == .held)
        await bench.send(OrderText.message("2", text))
        let isOurs = text.modality == "DX"
        #expect(try bench.order.state == (isOurs ? .held : .notApplicable))
        await bench.send(OrderText.control("RL", id: "3", placer: placer, time: "20260101140000"))
        #expect(try bench.order.state == (isOurs ? .accepted : .notApplicable))
    }

    // MARK: - Announcements

    @Test("Late images of a delivered order run it again; the same words once more do not")
    func lateImages() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        let announcement = Array(Exam().imagingStudy().utf8)
        _ = try await bench.notices.receive(body: announcement, id: nil)
        try bench.bring(to: .delivered, standing: .preliminary)
        _ = try await bench.notices.receive(body: announcement, id: nil)
        #expect(try bench.order.state == .delivered)
        _ = try await bench.notices.receive(body: announcement + [0x20], id: nil)
        #expect(try bench.order.state == .accepted)
        #expect(try bench.order.standing == .preliminary)
    }

    @Test("Done (SC, CM) wakes what waits and leaves alone what is made", arguments: [OrderState.waiting, .delivered])
    func completed(_ state: OrderState) async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        try bench.bring(to: state, standing: state == .delivered ? .preliminary : .none)
        bench.store.change(try bench.order.id) { $0.nextAttempt = $0.nextAttempt + .seconds(3600) }
        await bench.send(OrderText.message("2", .chest.with { ($0.control, $0.status) = ("SC", "CM") }))
        #expect(try bench.order.state == state)
        #expect(try (bench.order.nextAttempt == bench.clock.now()) == (state == .waiting))
    }
}
