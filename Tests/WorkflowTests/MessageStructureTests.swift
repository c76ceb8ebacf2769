import DICOM
import Mapping
import Testing

@testable import Workflow

@Suite("Order messages of every structure are one order (HL7 v2.5.1 §4.4; IHE RAD-4)")
struct MessageStructureTests {
    /// The same order as IHE draws it in 2.5.1: TQ1 and IPC in the place of ORC-7, OBR-18 and ZDS.
    private func imaging(_ control: String = "NW", id: String, study: String = "1.2.826.0.1.1") -> String {
        [
            "MSH|^~\\&|HIS|HOSP|IMGAI|RAD|20260101120000||OMI^O23^OMI_O23|\(id)|P|2.5.1",
            "PID|1||P007^^^HOSP^MR||Canary^Jane||20200115|F", "PV1|1|O",
            "ORC|\(control)|PL1^HIS|FI1^RIS||||||20260101120000", "TQ1|1||||||20260101120000||R^Routine^HL70485",
            "OBR|1|PL1^HIS|FI1^RIS|30745-4^XR Chest^LN||||||||||||||||||||DX",
            "IPC|ACC1^HOSP|RP1^HOSP|\(study)^RIS|SPS1^RIS|DX",
        ].map { $0 + "\r" }.joined()
    }

    private func general(_ control: String, id: String) -> String {
        [
            "MSH|^~\\&|HIS|HOSP|IMGAI|RAD|20260101120000||OMG^O19^OMG_O19|\(id)|P|2.5.1",
            "PID|1||P007^^^HOSP^MR||Canary^Jane||20200115|F", "PV1|1|O",
            "ORC|\(control)|PL1^HIS|FI1^RIS||||||20260101130000", "TQ1|1||||||20260101120000||R^Routine^HL70485",
            "OBR|1|PL1^HIS|FI1^RIS|30745-4^XR Chest^LN||||||||||||||ACC1||||||DX",
        ].map { $0 + "\r" }.joined()
    }

    @Test("OMI^O23 makes the order that ORM^O01 makes")
    func imagingOrder() async throws {
        let bench = try IntakeBench()
        #expect(await bench.send(imaging(id: "1")) == "AA")
        let order = try #require(try bench.order.content.order)
        #expect(try bench.order.state == .accepted)
        #expect(order.identity.keys.map(\.identifier.value) == ["ACC1", "FI1", "PL1"])
        #expect(order.studyInstanceUID?.value == "1.2.826.0.1.1")
        #expect(order.modality == "DX")
    }

    @Test("ORM, OMI and OMG for one exam are one order")
    func oneExam() async throws {
        let bench = try IntakeBench()
        for message in [OrderText.message("1", .chest), imaging(id: "2"), general("NW", id: "3")] {
            #expect(await bench.send(message) == "AA")
        }
        #expect(try bench.order.state == .accepted)
        #expect(await bench.send(general("CA", id: "4")) == "AA")
        #expect(try bench.order.state == .cancelled)
    }

    @Test("OMI^O23 with another study is matched again with that study")
    func otherStudy() async throws {
        let bench = try IntakeBench()
        await bench.send(imaging(id: "1"))
        try bench.bring(to: .delivered, standing: .preliminary)
        #expect(await bench.send(imaging("XO", id: "2", study: "1.2.826.0.1.9")) == "AA")
        #expect(try bench.order.state == .accepted)
        #expect(bench.store.last?.retractions.count == 1)
    }

    @Test("An order after its study: the announced study is the order's")
    func afterTheStudy() async throws {
        let bench = try IntakeBench()
        _ = try await bench.notices.receive(body: Array(Exam().imagingStudy(withNumber: false).utf8), id: nil)
        #expect(try bench.order.kind == .notice)
        await bench.send(imaging(id: "1"))
        #expect(try bench.order.kind == .order)
        #expect(try bench.order.state == .accepted)
        #expect(try bench.order.content.imagingStudyID == "is1")
    }

    @Test("What is no order is acknowledged and counted", arguments: ["ORU^R01", "ADT^A04", "SIU^S12"])
    func notOurs(_ type: String) async throws {
        let bench = try IntakeBench()
        let message = OrderText.update("1", identifiers: "P007^^^HOSP^MR").replacing("ADT^A08", with: type)
        #expect(await bench.send(message) == "AA")
        #expect(bench.store.last?.label == "notOurs")
        #expect(bench.store.last?.records.count == 1)
        #expect(bench.store.orders.isEmpty)
    }
}
