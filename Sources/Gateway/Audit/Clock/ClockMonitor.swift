import Audit
import Logging
import ServiceLifecycle
import Workflow

/// Records each step of the machine's clock, so that times in the log can be judged, and shows the clock's state.
struct ClockMonitor: Service {
    static let interval = Duration.seconds(10)

    let store: any OrderStore
    let trail: AuditTrail
    let clock: any WallClock
    let metrics: Metrics
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var steps = ClockSteps()
            while !Task.isCancelled {
                show(.current)
                if let step = steps.look(wall: clock.now(), steady: .now) { await record(step) }
                do { try await clock.sleep(for: Self.interval) } catch { return }
            }
        }
    }

    private func show(_ state: ClockState) {
        for discipline in ClockState.Discipline.allCases {
            metrics.set(.auditClock, label: discipline.rawValue, to: discipline == state.discipline ? 1 : 0)
        }
    }

    func record(_ step: Duration) async {
        let milliseconds = step.wholeMicroseconds / 1000
        metrics.count(.failures, label: "clock.step")
        logger.error("the machine's clock was moved", metadata: ["milliseconds": "\(milliseconds)"])
        do throws(AdapterError) {
            try await store.record([trail.service(.clockStep, details: [.offset: .count(step.wholeMicroseconds)])])
        } catch {
            metrics.count(.failures, label: error.code)
            logger.error("a step of the clock was not recorded", metadata: ["code": "\(error.code)"])
        }
    }
}
