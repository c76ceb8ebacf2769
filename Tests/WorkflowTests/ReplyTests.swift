import Audit
import HL7v2
import Testing

@testable import Workflow

@Suite("What the sender is told (HL7 v2.5.1 §2.9)")
struct ReplyTests {
    static let enhanced = "|||AL|AL"

    // MARK: - Deferred application acknowledgment

    @Test("After a CA the application acknowledgment is a message of its own, where the source says to where")
    func deferred() async throws {
        let bench = try IntakeBench(deferredDestination: "his.ack")
        let reply = await bench.reply(OrderText.message("1", .chest, header: Self.enhanced))
        #expect(reply.contains("MSA|CA|1"))
        let deferred = try #require(bench.store.last?.deferredReply)
        #expect(deferred.destination == "his.ack")
        let text = String(decoding: deferred.message, as: UTF8.self)
        #expect(text.contains("MSA|AA|1"))
        let ids = [reply, text].map { $0.split(separator: "|", omittingEmptySubsequences: false)[9] }
        #expect(ids[0] != ids[1])
    }

    @Test("Without an address nothing follows")
    func notDeferred() async throws {
        let bench = try IntakeBench()
        #expect(await bench.send(OrderText.message("1", .chest, header: Self.enhanced)) == "CA")
        #expect(bench.store.last?.deferredReply == nil)
    }

    @Test("Nothing follows a CE, a resend or a reply in original mode")
    func nothingDeferred() async throws {
        let bench = try IntakeBench(deferredDestination: "his.ack")
        #expect(await bench.send(OrderText.message("1", patient: nil, .chest, header: Self.enhanced)) == "CE")
        #expect(bench.store.last?.deferredReply == nil)
        let message = OrderText.message("2", .chest, header: Self.enhanced)
        _ = await bench.reply(message)
        #expect(bench.store.last?.deferredReply != nil)
        _ = await bench.reply(message)
        #expect(bench.store.last?.deferredReply == nil)
        #expect(await bench.send(OrderText.message("3", .chest)) == "AA")
        #expect(bench.store.last?.deferredReply == nil)
    }

    @Test("A source may be answered with the response that chapter 4 defines")
    func response() async throws {
        let bench = try IntakeBench(replyType: .response)
        #expect(await bench.reply(OrderText.message("1", .chest)).contains("ORR^O02"))
        #expect(await bench.reply(OrderText.update("2", identifiers: "P007^^^HOSP^MR")).contains("ACK^A08"))
    }

    // MARK: - Who may send

    static let bound = SenderBinding(
        certificateNames: ["his.example"], applications: [.init(application: "HIS", facility: "HOSP")])

    @Test("A sender that is bound to its certificate and its names is heard")
    func rightSender() async throws {
        let bench = try IntakeBench(binding: Self.bound)
        let sender = MessageSenderIdentity(certificateNames: ["other", "his.example"], address: "192.0.2.1")
        #expect(await bench.reply(OrderText.message("1", .chest), from: sender).contains("MSA|AA|1"))
    }

    @Test(
        "Another certificate, none, or another name in MSH-3 or MSH-4 is refused there, kept and recorded",
        arguments: [
            (["his.example"], "OTHER", "HOSP", "MSH^1^3"), (["his.example"], "HIS", "OTHER", "MSH^1^4"),
            (["wrong.example"], "HIS", "HOSP", "MSH^1^3"), ([], "HIS", "HOSP", "MSH^1^3"),
        ])
    func wrongSender(_ names: [String], _ application: String, _ facility: String, _ place: String) async throws {
        let bench = try IntakeBench(binding: Self.bound)
        let sender = MessageSenderIdentity(certificateNames: names, address: "192.0.2.1")
        let message = OrderText.message("1", .chest).replacing("|HIS|HOSP|", with: "|\(application)|\(facility)|")
        let reply = await bench.reply(message, from: sender)
        #expect(reply.contains("MSA|AR|1|"))
        #expect(reply.contains("ERR||\(place)|103"))
        #expect(bench.store.orders.isEmpty)
        #expect(bench.store.all.kept.count == 1)
        #expect(bench.store.all.records.map(\.code) == ["sender.notBound"])
    }

    @Test("Where the transport knows nobody, a source that is bound to a certificate hears nobody")
    func unknownSender() async throws {
        let bench = try IntakeBench(binding: Self.bound)
        #expect(await bench.reply(OrderText.message("1", .chest)).contains("MSA|AR|1|"))
    }

    // MARK: - Test traffic

    @Test("Test and training messages (MSH-11 T, D) are refused with 202", arguments: ["T", "D"])
    func testTraffic(_ processing: String) async throws {
        let bench = try IntakeBench()
        let reply = await bench.reply(OrderText.message("1", .chest, processing: processing))
        #expect(reply.contains("MSA|AR|1|"))
        #expect(reply.contains("ERR||MSH^1^11|202"))
        #expect(bench.store.orders.isEmpty)
    }

    // MARK: - Temporary trouble

    @Test(
        "Temporary trouble is not answered; to a sender that tries again after AR it is AR 207",
        arguments: [false, true])
    func busy(_ rejects: Bool) async throws {
        let bench = try IntakeBench(rejectsWhenBusy: rejects)
        bench.store.fail(AdapterError(.busy, code: "store.full"))
        let (reply, outcome) = await bench.intake.receive(Array(OrderText.message("1", .chest).utf8))
        let declined = bench.intake.declined(Array(OrderText.message("1", .chest).utf8))
        guard rejects else {
            #expect(reply == .withhold && outcome == "withheld" && declined == .withhold)
            return
        }
        #expect(outcome == "busy")
        for answer in [reply, declined] {
            guard case .reply(let bytes) = answer else {
                Issue.record("no reply")
                continue
            }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.contains("MSA|AR|1|") && text.contains("|207^"))
        }
        bench.store.fail(nil)
        #expect(await bench.send(OrderText.message("1", .chest)) == "AA")
    }

    @Test("A fault is never answered")
    func fault() async throws {
        let bench = try IntakeBench(rejectsWhenBusy: true)
        bench.store.fail(AdapterError(.fault, code: "store.damaged"))
        #expect(await bench.send(OrderText.message("1", .chest)) == "withheld")
    }
}
