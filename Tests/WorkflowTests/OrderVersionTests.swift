import Audit
import Mapping
import Testing

@testable import Workflow

@Suite("Order, resend and version: ORC-9, tombstones, reopening (design §4)")
struct OrderVersionTests {
    static let noon = "20260101120000"
    static let one = "20260101130000"
    static let two = "20260101140000"

    // MARK: - Resends

    @Test("The very same message gets the very same answer and changes nothing")
    func sameControlID() async throws {
        let bench = try IntakeBench()
        let message = OrderText.message("1", .chest)
        let first = await bench.reply(message)
        let before = try bench.order
        #expect(await bench.reply(message) == first)
        #expect(try bench.order == before)
        #expect(bench.store.last?.label == "replayed")
    }

    @Test("The same order under a new control id is NW again: one order, one leaf, the same state")
    func newControlID() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        try bench.bring(to: .composed)
        #expect(await bench.send(OrderText.message("2", .chest)) == "AA")
        #expect(try bench.order.state == .composed)
        #expect(bench.store.last?.withdrawn == [])
        #expect(bench.store.last?.orders.isEmpty == true, "a worker that has it goes on")
        #expect(bench.store.last?.label == "order")
        #expect(bench.store.last?.records.count == 1)
    }

    @Test("A refused message is evaluated afresh: only positive answers are repeated")
    func refusedAgain() async throws {
        let bench = try IntakeBench()
        let message = OrderText.message("1", patient: nil, .chest)
        let first = await bench.reply(message)
        #expect(first.contains("MSA|AE|1"))
        #expect(await bench.reply(message) != first)
        #expect(bench.store.orders.isEmpty)
    }

    // MARK: - Out of order

    @Test("An NW that is older than a change does not undo it")
    func olderNew() async throws {
        let bench = try IntakeBench()
        await bench.send(
            OrderText.message("2", .chest.with { ($0.control, $0.modality, $0.time) = ("XO", "CR", Self.one) }))
        #expect(try bench.order.state == .accepted, "a change that comes first is the order")
        try bench.bring(to: .composed)
        #expect(await bench.send(OrderText.message("1", .chest.with { $0.time = Self.noon })) == "AA")
        #expect(try bench.order.content.order?.modality == "CR")
        #expect(try bench.order.state == .composed)
    }

    @Test("An older version says only what the newer ones leave out")
    func supplements() async throws {
        let bench = try IntakeBench()
        await bench.send(
            OrderText.message(
                "2", .chest.with { ($0.control, $0.study, $0.modality, $0.time) = ("XO", nil, "CR", Self.one) }))
        await bench.send(OrderText.message("1", .chest.with { $0.time = Self.noon }))
        let order = try #require(try bench.order.content.order)
        #expect(order.studyInstanceUID != nil)
        #expect(order.modality == "CR")
    }

    @Test("A change of little that came before its NW is routed once the NW is there")
    func sparseFirst() async throws {
        let bench = try IntakeBench()
        await bench.send(
            OrderText.message(
                "2", .chest.with { ($0.control, $0.procedure, $0.modality, $0.time) = ("XO", nil, nil, Self.one) }))
        #expect(try bench.order.state == .notApplicable)
        await bench.send(OrderText.message("1", .chest.with { $0.time = Self.noon }))
        #expect(try bench.order.state == .accepted)
        #expect(try bench.order.content.notApplicableReason == nil)
    }

    @Test("A time without an hour may be any of its day: it is not older than what came on that day")
    func imprecise() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest.with { $0.time = Self.noon }))
        await bench.send(OrderText.control("CA", id: "2", time: "20251231"))
        #expect(try bench.order.state == .accepted)
        await bench.send(OrderText.control("CA", id: "3", time: "20260101"))
        #expect(try bench.order.state == .cancelled)
    }

    @Test("A release that is older than the hold is recorded; a later one releases")
    func olderRelease() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest.with { $0.time = Self.noon }))
        await bench.send(OrderText.control("HD", id: "2", time: Self.one))
        await bench.send(OrderText.control("RL", id: "3", time: "20260101123000"))
        #expect(try bench.order.state == .held)
        await bench.send(OrderText.control("RL", id: "4", time: Self.two))
        #expect(try bench.order.state == .accepted)
    }

    @Test("A cancellation that is older than the order it names is recorded")
    func olderCancellation() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest.with { $0.time = Self.two }))
        await bench.send(OrderText.control("CA", id: "2", time: Self.one))
        #expect(try bench.order.state == .accepted)
        await bench.send(OrderText.control("CA", id: "3", time: Self.two))
        #expect(try bench.order.state == .cancelled)
    }

    @Test("Messages without ORC-9 count in the order in which they come")
    func withoutTimes() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest.with { $0.time = nil }))
        await bench.send(OrderText.message("2", .chest.with { ($0.control, $0.modality, $0.time) = ("XO", "CR", nil) }))
        #expect(try bench.order.content.order?.modality == "CR")
        await bench.send(OrderText.control("CA", id: "3"))
        #expect(try bench.order.state == .cancelled)
    }

    // MARK: - Cancelled

    @Test("CA before the order: a tombstone, and the later NW is cancelled", arguments: [noon, one, nil])
    func tombstone(_ time: String?) async throws {
        let bench = try IntakeBench()
        #expect(await bench.send(OrderText.control("CA", id: "1", time: Self.one)) == "AA")
        #expect(try bench.order.kind == .tombstone)
        #expect(await bench.send(OrderText.message("2", .chest.with { $0.time = time })) == "AA")
        #expect(try bench.order.state == .cancelled)
        #expect(bench.store.last?.studies.isEmpty == false, "its images are known to be nobody's")
    }

    @Test("NW with the same keys stays cancelled, also later", arguments: [noon, one, two, nil])
    func staysCancelled(_ time: String?) async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        await bench.send(OrderText.control("CA", id: "2", time: Self.one))
        await bench.send(OrderText.message("3", .chest.with { $0.time = time }))
        #expect(try bench.order.state == .cancelled)
    }

    @Test("NW with a later ORC-9 and a new placer number opens it anew; an older one does not", arguments: [noon, two])
    func newPlacer(_ time: String) async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        await bench.send(OrderText.control("CA", id: "2", time: Self.one))
        await bench.send(OrderText.message("3", .chest.with { ($0.placer, $0.time) = ("PL9", time) }))
        #expect(try bench.order.state == (time == Self.two ? .accepted : .cancelled))
        // The cancellation is about the number that was replaced.
        await bench.send(OrderText.control("CA", id: "4", time: "20260101150000"))
        #expect(try bench.order.state == (time == Self.two ? .accepted : .cancelled))
    }

    @Test("RP opens it anew, with its own content", arguments: ["RP", "RO"])
    func replaced(_ control: String) async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        await bench.send(OrderText.control("CA", id: "2", time: Self.one))
        await bench.send(
            OrderText.message("3", .chest.with { ($0.control, $0.modality, $0.time) = (control, "CR", Self.two) }))
        #expect(try bench.order.state == .accepted)
        #expect(try bench.order.content.order?.modality == "CR")
    }

    @Test("RP opens a tombstone anew")
    func replacedTombstone() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.control("CA", id: "1", time: Self.one))
        await bench.send(OrderText.message("2", .chest.with { ($0.control, $0.time) = ("RP", Self.two) }))
        #expect(try bench.order.kind == .order)
        #expect(try bench.order.state == .accepted)
    }

    @Test("RP for an exam that no rule takes opens nothing")
    func replacedByAnother() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        await bench.send(OrderText.control("CA", id: "2", time: Self.one))
        await bench.send(
            OrderText.message(
                "3",
                .chest.with {
                    ($0.control, $0.procedure, $0.modality, $0.time) = ("RP", "24725-4^CT Head^LN", "CT", Self.two)
                }))
        #expect(try bench.order.state == .notApplicable)
    }

    @Test("A cancelled order whose report was retracted is made anew under other names")
    func retractedAndReopened() async throws {
        let bench = try IntakeBench(retraction: .enteredInError)
        await bench.send(OrderText.message("1", .chest))
        try bench.bring(to: .delivered, standing: .preliminary)
        await bench.send(OrderText.control("CA", id: "2", time: Self.one))
        await bench.send(OrderText.message("3", .chest.with { ($0.control, $0.time) = ("RP", Self.two) }))
        #expect(try bench.order.state == .accepted)
        #expect(try bench.order.content.generation == 1)
    }

    // MARK: - Who

    @Test("NW for another patient under a number that is taken is for a person, and the first one keeps what it was")
    func otherPatient() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        #expect(await bench.send(OrderText.message("2", patient: "P008", .chest)) == "AA")
        let order = try bench.order
        #expect(order.content.parking == Parking(reason: .identityConflict, code: "order.NW", from: .accepted))
        #expect(order.content.order?.patient.map(\.value) == ["P007"])
    }

    @Test(
        "XO that names its patient by another assigner tells nothing of the first: nothing is retracted, a person looks"
    )
    func otherAssigner() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        try bench.bring(to: .delivered, standing: .preliminary)
        let message = OrderText.message("2", .chest.with { $0.control = "XO" })
        #expect(await bench.send(message.replacing("P007^^^HOSP^MR", with: "77^^^RIS^PI")) == "AA")
        #expect(
            try bench.order.content.parking == Parking(reason: .identityConflict, code: "order.XO", from: .delivered))
        #expect(bench.store.last?.retractions.isEmpty == true)
        #expect(try bench.order.content.order?.patient.map(\.value) == ["P007"])
    }

    @Test("A message whose numbers belong to two orders parks both")
    func twoOrders() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        await bench.send(
            OrderText.message("2", .chest.with { ($0.placer, $0.filler, $0.accession) = ("PL3", "FI3", "ACC3") }))
        await bench.send(OrderText.message("3", .chest.with { ($0.filler, $0.accession) = (nil, "ACC3") }))
        #expect(bench.store.orders.map(\.state) == [.parked, .parked])
        #expect(bench.store.orders.map(\.content.parking?.reason) == [.identityConflict, .identityConflict])
    }

    @Test("An order that no model took stands back for the one that is ours")
    func standsBack() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        await bench.send(OrderText.message("2", .head))
        await bench.send(OrderText.message("3", .chest.with { ($0.filler, $0.accession) = (nil, "ACC2") }))
        #expect(bench.store.orders.map(\.state) == [.accepted, .notApplicable])
    }
}
