import Logging
import ServiceLifecycle
import Synchronization
import Workflow

/// Runs one step again and again while there is something due, then sleeps until it is woken.
struct WorkLoop: Service {
    let name: String
    let wakes: AsyncStream<Void>
    let metrics: Metrics
    let logger: Logger
    /// What all loops have under way.
    let inHand: WorkInHand
    /// Takes up again what a failure of the store left leased; runs after a failure, as soon as no loop is at work.
    let recover: @Sendable () async throws(AdapterError) -> Void
    /// Does one piece of work; `false` when none is due.
    let step: @Sendable () async throws(AdapterError) -> Bool

    func run() async throws {
        var trouble: String?
        var owesRecovery = false
        for await _ in wakes.cancelOnGracefulShutdown() {
            // It ends every lease: what another loop has under way would be done twice.
            let recovers = owesRecovery && inHand.isNothing
            let code = await drain(isRecovering: recovers)
            owesRecovery = code != nil || owesRecovery && !recovers
            // One line for each change: on a full disk every tick fails alike.
            if let code, code != trouble {
                logger.error("work loop failed", metadata: ["loop": "\(name)", "code": "\(code)"])
            } else if code == nil, trouble != nil {
                logger.notice("work loop goes on", metadata: ["loop": "\(name)"])
            }
            trouble = code
        }
    }

    /// Works until nothing is due; the code of the failure that stopped it, if one did.
    private func drain(isRecovering: Bool) async -> String? {
        var isRecovering = isRecovering
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                if isRecovering { try await recover() }
                isRecovering = false
                guard try await inHand.during(step) else { return nil }
            } catch {
                metrics.count(.failures, label: error.code)
                return error.code
            }
        }
        return nil
    }
}

/// Counts the loops that are in a step.
final class WorkInHand: Sendable {
    private let count = Mutex(0)

    var isNothing: Bool { count.withLock { $0 == 0 } }

    func during(_ step: () async throws(AdapterError) -> Bool) async throws(AdapterError) -> Bool {
        count.withLock { $0 += 1 }
        defer { count.withLock { $0 -= 1 } }
        return try await step()
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
