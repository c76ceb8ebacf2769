import Audit
import Testing

@testable import Workflow

@Suite("Batches through the intake (HL7 v2.5.1 §2.10.3)")
struct BatchIntakeTests {
    static let second = OrderText.chest.with { ($0.placer, $0.filler, $0.accession) = ("PL3", "FI3", "ACC3") }

    private func batch(_ messages: String..., count: Int? = nil) -> String {
        "FHS|^~\\&|HIS|HOSP|IMGAI|RAD|20260101120000||||F1\rBHS|^~\\&|HIS|HOSP|IMGAI|RAD|20260101120000||||B1\r"
            + messages.joined() + "BTS|\(count ?? messages.count)\rFTS|1\r"
    }

    private func codes(_ reply: String) -> [String] {
        reply.split(separator: "\r").filter { $0.hasPrefix("MSA") }.map { String($0.prefix(8)) }
    }

    @Test("Each message is accepted by itself, in order, and the reply is a batch of the replies")
    func accepted() async throws {
        let bench = try IntakeBench()
        let reply = await bench.reply(
            batch(
                OrderText.message("1", .chest), OrderText.message("2", patient: nil, Self.second),
                OrderText.control("HD", id: "3")))
        #expect(codes(reply) == ["MSA|AA|1", "MSA|AE|2", "MSA|AA|3"])
        #expect(reply.hasPrefix("FHS|^~\\&|IMGAI|RAD|HIS|HOSP|"))
        #expect(reply.hasSuffix("BTS|3\rFTS|1\r"))
        #expect(try bench.order.state == .held)
    }

    @Test("Sent again as a whole: what was accepted is answered as before, the rest is evaluated afresh")
    func replayed() async throws {
        let bench = try IntakeBench()
        let first = OrderText.message("1", .chest)
        let batch = batch(first, OrderText.message("2", patient: nil, Self.second))
        _ = await bench.reply(batch)
        let before = try bench.order
        #expect(codes(await bench.reply(batch)) == ["MSA|AA|1", "MSA|AE|2"])
        #expect(try bench.order == before)
        #expect(bench.store.all.decisions.map(\.label) == ["order", "inError", "replayed", "inError"])
    }

    @Test("A batch that counts otherwise is refused whole: none of its messages is taken")
    func countWrong() async throws {
        let bench = try IntakeBench()
        let reply = await bench.reply(batch(OrderText.message("1", .chest), count: 2))
        #expect(codes(reply) == ["MSA|AE|1"])
        #expect(bench.store.orders.isEmpty)
        #expect(bench.store.all.kept.count == 1)
        #expect(bench.store.all.records.map(\.code) == ["hl7.batchCountWrong"])
    }

    @Test("A batch that was cut off is refused whole")
    func cutOff() async throws {
        let bench = try IntakeBench()
        let whole = batch(OrderText.message("1", .chest), OrderText.message("2", Self.second))
        _ = await bench.reply(String(whole.prefix(whole.count - 20)))
        #expect(bench.store.orders.isEmpty)
    }

    @Test("Trouble in the middle withholds the whole reply; sent again, nothing is there twice")
    func withheld() async throws {
        let bench = try IntakeBench()
        let batch = batch(OrderText.message("1", .chest), OrderText.message("2", Self.second))
        await bench.send(OrderText.message("1", .chest))
        bench.store.fail(AdapterError(.busy, code: "store.full"))
        #expect(await bench.intake.receive(Array(batch.utf8)).reply == .withhold)
        bench.store.fail(nil)
        #expect(codes(await bench.reply(batch)) == ["MSA|AA|1", "MSA|AA|2"])
        #expect(bench.store.orders.count == 2)
    }
}
