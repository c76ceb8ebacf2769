import Audit
import HL7v2
import Testing

@testable import Workflow

@Suite("Application acknowledgments that are due later (design §4, NACK or wait)")
struct DeferredReplyTests {
    let simulator: Simulator
    let sender = SimulatedReceiver(name: "his-replies", ledger: nil)
    let exam = Exam()

    init() throws {
        simulator = try Simulator()
    }

    private func deliverer(
        _ gateway: SimulatedGateway, _ destinations: [any ResultDestination]? = nil
    ) -> ReplyDeliverer {
        ReplyDeliverer(
            store: gateway.store, destinations: destinations ?? [sender], retry: RetryPolicy(maxAge: .seconds(600)),
            clock: simulator.clock, trail: gateway.trail)
    }

    /// An order whose sender wants a commit answer at once and an application answer later.
    private func ordered() async throws -> SimulatedGateway {
        let gateway = try await simulator.start(Settings(deferredDestination: "his-replies"))
        let text = exam.order(id: "M7").split(separator: "\r").map { line in
            line.hasPrefix("MSH") ? line + "|||AL|AL" : line
        }.joined(separator: "\r")
        #expect(await gateway.send(text + "\r") == "CA")
        return gateway
    }

    @Test("It goes to the configured address once, as a message of its own that names the order's message")
    func sent() async throws {
        let gateway = try await ordered()
        #expect(try await deliverer(gateway).deliverOne())
        #expect(try await !deliverer(gateway).deliverOne())
        #expect(sender.messages.count == 1)
        #expect(try sender.values("MSA-1") == ["AA"])
        #expect(try sender.values("MSA-2") == ["M7"])
    }

    @Test("Without an answer the same message is sent again, until the retry age is over")
    func retried() async throws {
        sender.onSend(after: [SimulatedEHR.failing(AdapterError(.interrupted, code: "acknowledgment.noReply"))])
        let gateway = try await ordered()
        for _ in 0..<5 {
            _ = try await deliverer(gateway).deliverOne()
            simulator.clock.advance(.seconds(60))
        }
        #expect(sender.messages.count == 2)
        #expect(Set(sender.messages).count == 1)
    }

    @Test("One that cannot be sent is given up and holds up nothing")
    func givenUp() async throws {
        sender.fail(AdapterError(.unavailable, code: "acknowledgment.notConnected"))
        let gateway = try await ordered()
        for _ in 0..<20 {
            _ = try await deliverer(gateway).deliverOne()
            simulator.clock.advance(.seconds(300))
        }
        sender.fail(nil)
        #expect(try await !deliverer(gateway).deliverOne())
        #expect(sender.messages.isEmpty)
    }

    @Test("A refusal, or an address that is not configured any more, ends it at once", arguments: [true, false])
    func refused(_ isConfigured: Bool) async throws {
        sender.fail(AdapterError(.incorrect, code: "acknowledgment.AE"))
        let gateway = try await ordered()
        #expect(try await deliverer(gateway, isConfigured ? nil : []).deliverOne())
        simulator.clock.advance(.seconds(3600))
        #expect(try await !deliverer(gateway).deliverOne())
    }
}
