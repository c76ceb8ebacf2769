import Audit
import Logging
import Persistence
import Synchronization
import Testing
import Workflow

@testable import Gateway

/// A clock that stands until it is moved.
final class StandingClock: WallClock {
    private let time = Mutex(Timestamp(microseconds: 1_780_000_000_000_000))

    func now() -> Timestamp { time.withLock { $0 } }
    func move(by duration: Duration) { time.withLock { $0 = $0 + duration } }
    func sleep(for duration: Duration) async throws {}
}

@Suite("Refused connections in the audit log")
struct RefusalLogTests {
    private let fixture: ListenerFixture
    private let clock = StandingClock()
    private let refusals: RefusalLog

    init() throws {
        fixture = try ListenerFixture()
        let trail = AuditTrail(store: fixture.store, clock: clock, principal: Principal(kind: .service, name: "test"))
        refusals = RefusalLog(
            store: fixture.store, trail: trail, clock: clock, metrics: fixture.metrics, logger: fixture.logger)
    }

    private func refusal(_ address: String = "192.0.2.1", code: String = "mllp.handshakeFailed") -> AccessRefusal {
        AccessRefusal(listener: "listeners.mllp[0]", address: address, code: code)
    }

    private func leaves() async throws -> UInt64 { try await fixture.store.counts().leaves }

    @Test func `the first is recorded at once, a thousand more of the same minute are one leaf`() async throws {
        for _ in 0..<1001 { await refusals.note(refusal()) }
        #expect(try await leaves() == 1)
        await refusals.flush()
        #expect(try await leaves() == 1, "the minute is not over")
        clock.move(by: .seconds(61))
        await refusals.flush()
        #expect(try await leaves() == 2)
        #expect(
            fixture.metrics.render(nil).contains(
                #"imaging_gateway_refused_connections_total{code="mllp.handshakeFailed"} 1001"#))
        clock.move(by: .seconds(61))
        await refusals.flush()
        #expect(try await leaves() == 2, "nothing new")
    }

    @Test func `addresses and reasons are told apart, up to a bound`() async throws {
        await refusals.note(refusal())
        await refusals.note(refusal("192.0.2.2"))
        await refusals.note(refusal(code: "fhir.unauthorized"))
        #expect(try await leaves() == 3)
        for number in 0..<(2 * RefusalLog.mostKinds) { refusals.report(refusal("198.51.100.\(number)")) }
        await refusals.flush(all: true)
        #expect(try await leaves() <= UInt64(RefusalLog.mostKinds) + 1)
    }

    @Test func `what was gathered is written when the gateway stops`() async throws {
        await refusals.note(refusal())
        await refusals.note(refusal())
        await refusals.flush(all: true)
        #expect(try await leaves() == 2)
    }

    @Test func `what could not be written is not forgotten`() async throws {
        try fixture.refuseLeaves(true)
        await refusals.note(refusal())
        await refusals.note(refusal())
        try fixture.refuseLeaves(false)
        #expect(try await leaves() == 0)
        await refusals.flush(all: true)
        let record = try await fixture.store.auditEntries(AuditQuery(), reading: []).first?.record
        #expect(record?.details["count"] == "2")
    }

    @Test func `only so much of what is no message is kept of one address in a minute`() {
        let limit = KeepLimit()
        let kept = (0..<100).count { _ in limit.allows("192.0.2.1", at: clock.now()) }
        #expect(kept == KeepLimit.perMinute)
        #expect(limit.allows("192.0.2.2", at: clock.now()))
        clock.move(by: .seconds(61))
        #expect(limit.allows("192.0.2.1", at: clock.now()))
        for number in 0..<(2 * KeepLimit.mostAddresses) { _ = limit.allows("a\(number)", at: clock.now()) }
        #expect(!limit.allows("one more", at: clock.now()), "the table is bounded")
    }
}
