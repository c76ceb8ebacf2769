import Audit
import Testing

@testable import Workflow

@Suite("A crash at any point loses nothing and doubles nothing (design §2, promises 1 to 3)")
struct CrashTests {
    /// The whole way from message to delivered report has about 40 calls of the store.
    static let calls = Array(1...60)

    @Test("However far it came: one order, one report, delivered, and a log that verifies", arguments: [false, true])
    func anywhere(_ isCommitted: Bool) async throws {
        var crashes = 0
        for call in Self.calls {
            let (simulator, exam) = (try Simulator(), Exam())
            try simulator.prepare(exam)
            let first = try await simulator.start(Settings(fault: .crash(call: call, isCommitted: isCommitted)))
            let answer = await first.send(exam.order(id: "1"))
            try? await first.work()
            if first.store.isDead { crashes += 1 }
            try await recover(simulator, exam, wasAcknowledged: answer == "AA", at: "call \(call)")
        }
        #expect(crashes > 20, "the row of crashes covers the whole way")
        #expect(crashes < Self.calls.count, "and its end")
    }

    @Test(
        "The same for an order that was cancelled: it is never reported unless it was on its way",
        arguments: [false, true])
    func cancelled(_ isCommitted: Bool) async throws {
        for call in 1...8 {
            let (simulator, exam) = (try Simulator(), Exam())
            try simulator.prepare(exam, images: false)
            let first = try await simulator.start(Settings(fault: .crash(call: call, isCommitted: isCommitted)))
            await first.send(exam.order(id: "1"))
            try? await first.work()
            await first.send(exam.order("CA", id: "2"))
            let second = try await simulator.start()
            await second.send(exam.order(id: "1"))
            await second.send(exam.order("CA", id: "2"))
            try simulator.archive.hold(exam.holding())
            try await second.work(for: .seconds(1200), every: .seconds(300))
            #expect(try await second.state == .cancelled, "call \(call)")
            #expect(simulator.ehr.reports.isEmpty)
        }
    }

    private func recover(_ simulator: Simulator, _ exam: Exam, wasAcknowledged: Bool, at place: String) async throws {
        let second = try await simulator.start()
        if wasAcknowledged {
            #expect(try await second.orders.count == 1, "\(place): what was acknowledged is there")
        } else {
            #expect(await second.send(exam.order(id: "1")) == "AA")
        }
        try await second.work(for: .seconds(1200), every: .seconds(300))
        #expect(try await second.state == .delivered, "\(place)")
        #expect(simulator.ehr.reports.count == 1, "\(place)")
        #expect(simulator.ehr.all("Observation").count == 1, "\(place)")
        #expect(simulator.ehr.all("Provenance").count <= 1, "\(place)")
        #expect(simulator.ledger.violations == [], "\(place)")
        #expect(try simulator.verification().isIntact, "\(place)")
    }
}
