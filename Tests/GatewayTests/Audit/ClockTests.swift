import Audit
import Persistence
import Testing
import Workflow

@testable import Gateway

@Suite("The machine's clock")
struct ClockTests {
    private let start = ContinuousClock.now
    private let wall = Timestamp(microseconds: 1_780_000_000_000_000)

    @Test func `a wall clock that goes as the steady one is no step, however long the look took`() {
        var steps = ClockSteps()
        #expect(steps.look(wall: wall, steady: start) == nil)
        #expect(steps.look(wall: wall + .seconds(10), steady: start + .seconds(10)) == nil)
        #expect(
            steps.look(wall: wall + .seconds(99_999), steady: start + .seconds(99_998)) == nil, "a second of slewing")
    }

    @Test(arguments: [5, -5, 86_400 * 365])
    func `a step is told once, with its sign`(seconds: Int) {
        var steps = ClockSteps()
        _ = steps.look(wall: wall, steady: start)
        let moved = wall + .seconds(10 + seconds)
        #expect(steps.look(wall: moved, steady: start + .seconds(10)) == .seconds(seconds))
        #expect(steps.look(wall: moved + .seconds(10), steady: start + .seconds(20)) == nil)
    }

    @Test func `a step becomes a leaf and a count`() async throws {
        let fixture = try ListenerFixture()
        let trail = AuditTrail(
            store: fixture.store, clock: StandingClock(), principal: Principal(kind: .service, name: "test"))
        let monitor = ClockMonitor(
            store: fixture.store, trail: trail, clock: StandingClock(), metrics: fixture.metrics, logger: fixture.logger
        )
        await monitor.record(.milliseconds(-2500))
        let entries = try await fixture.store.auditEntries(AuditQuery(), reading: [])
        #expect(entries.map { $0.record?.event } == [.clockStep])
        #expect(entries.first?.record?.details["offset"] == "-2500000")
        #expect(fixture.metrics.render(nil).contains(#"imaging_gateway_failures_total{code="clock.step"} 1"#))
    }

    @Test func `the kernel's word is one of three`() {
        #expect(ClockState.Discipline.allCases.contains(ClockState.current.discipline))
    }
}
