import Audit
import Mapping
import Testing

@testable import Workflow

@Suite("Several orders in one message (design §4; HL7 v2.5.1 §4.4.1)")
struct SeveralOrdersTests {
    static let second = OrderText.chest.with {
        ($0.placer, $0.filler, $0.accession, $0.study) = ("PL3", "FI3", "ACC3", "1.2.826.0.1.3")
    }

    @Test("Each order of a message is an order, in one commit")
    func both() async throws {
        let bench = try IntakeBench()
        #expect(await bench.send(OrderText.message("1", .chest, Self.second)) == "AA")
        #expect(bench.store.orders.map(\.state) == [.accepted, .accepted])
        #expect(bench.store.all.decisions.count == 1)
        #expect(bench.store.last?.records.count == 2)
        #expect(bench.store.last?.studies.count == 2)
    }

    @Test("What no rule takes stands beside what one does")
    func mixed() async throws {
        let bench = try IntakeBench()
        #expect(await bench.send(OrderText.message("1", .head, .chest)) == "AA")
        #expect(bench.store.orders.map(\.state) == [.notApplicable, .accepted])
    }

    @Test("One claimed order that is wrong refuses the whole message at that order's place, and nothing is stored")
    func wrong() async throws {
        let bench = try IntakeBench()
        let wrong = Self.second.with { $0.study = "1.2.x" }
        let reply = await bench.reply(OrderText.message("1", .chest, .head, wrong))
        #expect(reply.contains("MSA|AE|1|"))
        #expect(reply.contains("ERR||ZDS^2^1"), "\(reply)")
        #expect(bench.store.orders.isEmpty)
        #expect(bench.store.last?.label == "inError")
        #expect(bench.store.all.records.map(\.code) == ["mapping.invalid"])
    }

    @Test("An order that no rule takes may be wrong")
    func wrongButNotOurs() async throws {
        let bench = try IntakeBench()
        let wrong = OrderText.head.with { $0.study = "1.2.x" }
        #expect(await bench.send(OrderText.message("1", .chest, wrong)) == "AA")
        #expect(bench.store.orders.map(\.state) == [.accepted, .notApplicable])
    }

    @Test("Orders are folded one after the other: the second sees what the first one made")
    func folded() async throws {
        let bench = try IntakeBench()
        let later = OrderText.chest.with { ($0.control, $0.modality) = ("XO", "CR") }
        #expect(
            await bench.send(OrderText.message("1", .chest, later, OrderText(control: "HD", procedure: nil))) == "AA")
        #expect(try bench.order.state == .held)
        #expect(try bench.order.content.order?.modality == "CR")
        #expect(bench.store.last?.orders.count == 1)
    }

    @Test("Another order of the same exam is not a version of the first")
    func sibling() async throws {
        let bench = try IntakeBench()
        let head = OrderText.head.with { $0.accession = "ACC1" }
        #expect(await bench.send(OrderText.message("1", .chest, head)) == "AA")
        #expect(try bench.order.state == .accepted)
        #expect(try bench.order.content.order?.modality == "DX")
        // Its cancellation is not the first one's.
        await bench.send(OrderText.control("CA", id: "2", placer: "PL2"))
        #expect(try bench.order.state == .accepted)
        await bench.send(OrderText.control("CA", id: "3", placer: "PL1"))
        #expect(try bench.order.state == .cancelled)
    }

    @Test("RP with its RO: the order that is replaced is cancelled, its replacement is one of its own")
    func replacement() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        let old = OrderText(control: "RP", filler: nil, accession: nil, study: nil, procedure: nil)
        #expect(await bench.send(OrderText.message("2", old, Self.second.with { $0.control = "RO" })) == "AA")
        #expect(bench.store.orders.map(\.state) == [.cancelled, .accepted])
    }

    @Test("RP with an RO that shares a number: one order, with the replacement's content")
    func replacementInPlace() async throws {
        let bench = try IntakeBench()
        await bench.send(OrderText.message("1", .chest))
        let old = OrderText(control: "RP", filler: nil, accession: nil, study: nil, procedure: nil)
        let new = OrderText.chest.with { ($0.control, $0.placer, $0.modality) = ("RO", "PL9", "CR") }
        #expect(await bench.send(OrderText.message("2", old, new)) == "AA")
        #expect(try bench.order.state == .accepted)
        #expect(try bench.order.content.order?.modality == "CR")
        #expect(try bench.order.content.order?.identity.placer?.value == "PL9")
    }

    @Test("A question among orders (SN) is no order")
    func conversation() async throws {
        let bench = try IntakeBench()
        let question = OrderText(control: "SN", placer: nil, filler: "FI9", accession: nil, study: nil, procedure: nil)
        #expect(await bench.send(OrderText.message("1", question, .chest)) == "AA")
        #expect(try bench.order.state == .accepted)
        #expect(await bench.send(OrderText.message("2", question)) == "AA")
        #expect(bench.store.last?.label == "notOurs")
    }
}
