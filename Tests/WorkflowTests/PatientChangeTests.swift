import Audit
import Mapping
import Testing

@testable import Workflow

@Suite("News of patients (ADT) and the orders they touch (design §4)")
struct PatientChangeTests {
    private func patient(_ bench: IntakeBench) throws -> [String] {
        try bench.order.content.order?.patient.map(\.value) ?? []
    }

    // MARK: - Merges

    @Test(
        "A merge after the order: the order is the survivor's, and images may still carry the prior identifier",
        arguments: ["A40", "A34", "A30", "A36", "A18"])
    func merge(_ event: String) async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        #expect(await bench.send(OrderText.merge("2", event: event, (surviving: "P100", prior: "P007"))) == "AA")
        #expect(try patient(bench) == ["P100"])
        #expect(try bench.order.content.formerPatient.map(\.value) == ["P007"])
        let record = try #require(bench.store.last?.records.first)
        #expect(record.event == .patientMerge)
        #expect(record.subjects.prefix(2).map(\.identifier) == ["P100", "P007"], "the survivor first")
    }

    @Test("A merge before the order: a later order under the prior identifier is the survivor's")
    func mergeFirst() async throws {
        let bench = try IntakeBench()
        #expect(await bench.send(OrderText.merge("1", (surviving: "P100", prior: "P007"))) == "AA")
        #expect(bench.store.orders.isEmpty)
        #expect(bench.store.last?.records.map(\.event) == [.patientMerge])
        await bench.send(OrderText.message("2", .chest))
        #expect(try patient(bench) == ["P100"])
        #expect(try bench.order.content.formerPatient.map(\.value) == ["P007"])
    }

    @Test("Several merges in one message, one into the other, end at the last survivor")
    func chain() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        #expect(
            await bench.send(
                OrderText.merge("2", (surviving: "P100", prior: "P007"), (surviving: "P200", prior: "P100"))) == "AA")
        #expect(try patient(bench) == ["P200"])
        #expect(Set(try bench.order.content.formerPatient.map(\.value)) == ["P007", "P100"])
        await bench.send(
            OrderText.message(
                "3", patient: "P007", .chest.with { ($0.placer, $0.filler, $0.accession) = ("PL3", "FI3", "ACC3") }))
        #expect(bench.store.orders.last?.content.order?.patient.map(\.value) == ["P200"])
    }

    @Test("A merge into an identifier that was merged away itself goes to its survivor")
    func survivorOfSurvivor() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        await bench.send(OrderText.merge("2", (surviving: "P200", prior: "P100")))
        await bench.send(OrderText.merge("3", (surviving: "P100", prior: "P007")))
        #expect(try patient(bench) == ["P200"])
    }

    @Test("A merge the other way round takes the first one back")
    func reversed() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        await bench.send(OrderText.merge("2", (surviving: "P100", prior: "P007")))
        await bench.send(OrderText.merge("3", (surviving: "P007", prior: "P100")))
        #expect(try patient(bench) == ["P007"])
        #expect(try bench.order.content.formerPatient.map(\.value) == ["P100"])
        await bench.send(
            OrderText.message(
                "4", patient: "P100", .chest.with { ($0.placer, $0.filler, $0.accession) = ("PL3", "FI3", "ACC3") }))
        #expect(bench.store.orders.last?.content.order?.patient.map(\.value) == ["P007"])
    }

    @Test("A message under the prior identifier is not another patient's")
    func priorAgain() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        await bench.send(OrderText.merge("2", (surviving: "P100", prior: "P007")))
        try bench.bring(to: .composed)
        await bench.send(OrderText.message("3", .chest))
        #expect(try bench.order.state == .composed)
        #expect(try patient(bench) == ["P100"])
    }

    @Test("A merge touches every order of the patient, and no other patient's")
    func everyOrder() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        await bench.send(OrderText.message("2", .head))
        await bench.send(
            OrderText.message(
                "3", patient: "P008", .chest.with { ($0.placer, $0.filler, $0.accession) = ("PL3", "FI3", "ACC3") }))
        await bench.send(OrderText.merge("4", (surviving: "P100", prior: "P007")))
        #expect(bench.store.orders.map { $0.content.order?.patient.map(\.value) } == [["P100"], ["P100"], ["P008"]])
        #expect(bench.store.orders.map(\.state) == [.accepted, .notApplicable, .accepted])
        #expect(bench.store.last?.records.count == 2)
    }

    @Test("A parked order under the surviving number runs again when the merge is announced, and once only")
    func parkedSurvivor() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        try bench.bring(to: .parked)
        await bench.send(OrderText.merge("2", (surviving: "P007", prior: "P100")))
        #expect(try bench.order.state == .accepted)
        #expect(try patient(bench) == ["P007"])
        #expect(try bench.order.content.formerPatient.map(\.value) == ["P100"])
        try bench.bring(to: .parked)
        await bench.send(OrderText.merge("3", (surviving: "P007", prior: "P100")))
        #expect(try bench.order.state == .parked)
    }

    @Test("Each order of a message with two patients is its own patient's")
    func twoPatients() async throws {
        let bench = try IntakeBench()
        let first = OrderText.message("1", patient: "P001", .chest)
        let second = OrderText.message(
            "1", patient: "P002",
            .chest.with { ($0.placer, $0.filler, $0.accession, $0.study) = ("P2", "F2", "A2", nil) })
        let behind = second.split(separator: "\r").dropFirst().map { $0 + "\r" }.joined()
        #expect(await bench.send(first + behind) == "AA")
        #expect(bench.store.orders.map { $0.content.order?.patient.map(\.value) } == [["P001"], ["P002"]])
        #expect(bench.store.orders.map { $0.content.order?.identity.accession?.value } == ["ACC1", "A2"])
    }

    @Test("A cancellation, hold or change that names somebody else parks the order and binds none of its numbers")
    func somebodyElse() async throws {
        for control in ["NW", "CA", "HD", "XO"] {
            let bench = try IntakeBench()
            await bench.send(OrderText.message("1", .chest))
            let other = OrderText.chest.with {
                ($0.control, $0.placer, $0.filler, $0.study) = (control, "PL9", "FI9", nil)
            }
            #expect(await bench.send(OrderText.message("2", patient: "P008", other)) == "AA")
            #expect(try bench.order.state == .parked, "\(control)")
            #expect(try bench.order.content.parking?.reason == .identityConflict, "\(control)")
            #expect(try patient(bench) == ["P007"])
            // Corrected, it is an order of its own.
            let corrected = other.with { ($0.control, $0.accession) = ("NW", "ACC9") }
            await bench.send(OrderText.message("3", patient: "P008", corrected))
            #expect(bench.store.orders.map { $0.content.order?.patient.map(\.value) } == [["P007"], ["P008"]])
        }
    }

    @Test("A new name of the patient does not make a delivered report again, another birth date does")
    func newName() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        try bench.bring(to: .delivered, standing: .preliminary)
        let header = "MSH|^~\\&|HIS|HOSP|IMGAI|RAD|20260101120000||ADT^A08|2|P|2.5.1\rEVN|A08\r"
        await bench.send(header + "PID|1||P007^^^HOSP^MR||Canary^Jane^Ann||20200115|F\rPV1|1|O\r")
        #expect(try bench.order.state == .delivered)
        #expect(try bench.order.content.order?.patientName?.middle == "Ann")
        await bench.send(
            header.replacing("|2|P", with: "|3|P") + "PID|1||P007^^^HOSP^MR||Canary^Jane^Ann||20190115|F\rPV1|1|O\r")
        #expect(try bench.order.state == .accepted)
    }

    @Test("The very same merge again changes nothing")
    func mergeAgain() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        await bench.send(OrderText.merge("2", (surviving: "P100", prior: "P007")))
        try bench.bring(to: .composed)
        await bench.send(OrderText.merge("3", (surviving: "P100", prior: "P007")))
        #expect(try bench.order.state == .composed)
        #expect(bench.store.last?.orders.isEmpty == true)
    }

    // MARK: - Updates

    @Test("An update of a patient changes what the orders say of him and adds identifiers", arguments: ["A08", "A31"])
    func update(_ event: String) async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        try bench.bring(to: .composed)
        #expect(
            await bench.send(
                OrderText.update("2", event: event, identifiers: "P007^^^HOSP^MR~P9^^^HOSP^PI", name: "Canary^Joan"))
                == "AA")
        let order = try bench.order
        #expect(order.content.order?.patientName?.given == "Joan")
        #expect(order.content.order?.patient.map(\.value) == ["P007", "P9"])
        #expect(order.state == .accepted, "recomposed")
        #expect(bench.store.last?.withdrawn == [order.id])
        #expect(bench.store.last?.records.map(\.event) == [.patientUpdate])
    }

    @Test("An update that says what is known changes nothing and runs nothing")
    func sameUpdate() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        try bench.bring(to: .delivered, standing: .preliminary)
        await bench.send(OrderText.update("2", identifiers: "P007^^^HOSP^MR", name: "Canary^Jane"))
        #expect(try bench.order.state == .delivered)
        #expect(bench.store.last?.orders.isEmpty == true)
    }

    @Test("An update about a prior identifier finds the survivor's orders")
    func updateOfPrior() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        await bench.send(OrderText.merge("2", (surviving: "P100", prior: "P007")))
        await bench.send(OrderText.update("3", identifiers: "P007^^^HOSP^MR", name: "Canary^Joan"))
        #expect(try bench.order.content.order?.patientName?.given == "Joan")
        #expect(try patient(bench) == ["P100"])
    }

    @Test("News of nobody known are acknowledged with one leaf")
    func nobody() async throws {
        let bench = try IntakeBench()
        #expect(await bench.send(OrderText.update("1", identifiers: "P007^^^HOSP^MR")) == "AA")
        #expect(bench.store.orders.isEmpty)
        #expect(bench.store.last?.records.count == 1)
        #expect(bench.store.last?.label == "notOurs")
    }

    @Test("A merge without the identifier that was merged away is refused at MRG-1")
    func priorMissing() async throws {
        let bench = try IntakeBench()
        let reply = await bench.reply(OrderText.merge("1", (surviving: "P100", prior: "")))
        #expect(reply.contains("MSA|AE|1|"))
        #expect(reply.contains("ERR||MRG^1^1"), "\(reply)")
    }

    @Test("A cancelled order takes the survivor's identifiers and stays cancelled")
    func cancelled() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        await bench.send(OrderText.control("CA", id: "2"))
        await bench.send(OrderText.merge("3", (surviving: "P100", prior: "P007")))
        #expect(try bench.order.state == .cancelled)
        #expect(try patient(bench) == ["P100"])
    }
}
