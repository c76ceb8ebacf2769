import Logging
import ServiceLifecycle
import Workflow

/// Runs one step again and again while there is something due, then sleeps until it is woken.
struct WorkLoop: Service {
    let name: String
    let wakes: AsyncStream<Void>
    let metrics: Metrics
    let logger: Logger
    /// Does one piece of work; `false` when none is due.
    let step: @Sendable () async throws(AdapterError) -> Bool

    func run() async throws {
        for await _ in wakes.cancelOnGracefulShutdown() {
            await drain()
        }
    }

    private func drain() async {
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                guard try await step() else { return }
            } catch {
                metrics.count(.failures, label: error.code)
                logger.error("work loop failed", metadata: ["loop": "\(name)", "code": "\(error.code)"])
                return
            }
        }
    }
}

/// Wakes the loops at a fixed pace: due times come, and other processes change the store without telling.
struct Ticker: Service {
    let signal: WorkSignal
    let clock: any WallClock
    let interval: Duration

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                signal.notify()
                try? await clock.sleep(for: interval)
            }
        }
    }
}
