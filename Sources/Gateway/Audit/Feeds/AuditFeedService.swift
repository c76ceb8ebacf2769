import Audit
import Logging
import ServiceLifecycle
import Synchronization
import Workflow

/// Sends the records of the log to one audit repository, in order, as long as there are any; one that is away is tried
/// again, and loses nothing.
struct AuditFeedService: Service {
    let name: String
    /// Where a feed that is new begins; does nothing for one that has a place.
    let begin: @Sendable () async throws(AdapterError) -> Void
    /// Sends a batch and moves the repository's place in the log behind it; `false` when there was nothing to send.
    let forward: @Sendable () async throws(AdapterError) -> Bool
    /// How many leaves the repository has not got.
    let lag: @Sendable () async throws(AdapterError) -> UInt64
    let standings: FeedStandings
    let store: any OrderStore
    let trail: AuditTrail
    let clock: any WallClock
    let metrics: Metrics
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var outage = Outage()
            while !Task.isCancelled {
                if outage.tick() { await drain(&outage) }
                do { try await clock.sleep(for: .seconds(1)) } catch { return }
            }
        }
    }

    /// Sends until nothing is left or something fails.
    func drain(_ outage: inout Outage) async {
        let change: Outage.Change?
        do throws(AdapterError) {
            // What is sent makes no leaf, so this ends.
            try await begin()
            while try await forward(), !Task.isCancelled { await show(nil) }
            change = outage.succeeded()
        } catch {
            guard !Task.isCancelled else { return }
            metrics.count(.auditFeedFailures, label: name)
            change = outage.failed(error.code)
        }
        await show(outage.trouble)
        if let change { await tell(change) }
    }

    private func show(_ trouble: String?) async {
        let lag = try? await lag()
        if let lag { metrics.set(.auditFeedLag, label: name, to: Int(clamping: lag)) }
        standings.set(name, lag: lag, trouble: trouble)
    }

    /// One line and one leaf for each outage.
    private func tell(_ change: Outage.Change) async {
        guard case .away(let code) = change else {
            logger.notice("an audit repository takes records again", metadata: ["feed": "\(name)"])
            return
        }
        logger.error(
            "an audit repository does not take records; they wait and are sent again",
            metadata: ["feed": "\(name)", "code": "\(code)"])
        let record = trail.service(
            .auditForwardFailed, outcome: .minorFailure, code: code, details: [.destination: .configured(name)])
        do throws(AdapterError) { try await store.record([record]) } catch {
            metrics.count(.failures, label: error.code)
        }
    }
}
