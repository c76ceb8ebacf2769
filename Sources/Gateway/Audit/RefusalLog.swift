import Audit
import Logging
import MLLP
import ServiceLifecycle
import Synchronization
import Workflow

/// A connection or request that was not let in.
struct AccessRefusal: Hashable, Sendable {
    /// The listener's place in the configuration, such as `listeners.mllp[0]`.
    let listener: String
    /// The peer's address.
    let address: String
    /// A stable code, such as `mllp.handshakeFailed`.
    let code: String
    /// What the TLS library says, such as `CERTIFICATE_VERIFY_FAILED`.
    var reason: String?
    /// The role that was asked for, where the refusal is of a role and not of a connection.
    var role: Role?
}

/// Puts refused connections into the audit log without letting whoever knocks fill it: the first of an address at
/// once, what follows as one leaf a minute with how many there were.
final class RefusalLog: Sendable {
    /// How long refusals of one address and reason are gathered.
    static let window = Duration.seconds(60)
    /// Addresses and reasons that are told apart; further ones are gathered under no address.
    static let mostKinds = 256

    private struct Gathered {
        /// Nil until the first leaf is written.
        var lastRecorded: Timestamp?
        var count = 0
    }

    private let gathered = Mutex<[AccessRefusal: Gathered]>([:])
    private let store: any OrderStore
    private let trail: AuditTrail
    private let clock: any WallClock
    private let metrics: Metrics
    private let logger: Logger

    init(store: any OrderStore, trail: AuditTrail, clock: any WallClock, metrics: Metrics, logger: Logger) {
        self.store = store
        self.trail = trail
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
    }

    /// Counts a refusal, and records it unless one like it was recorded within the window.
    func note(_ refusal: AccessRefusal) async {
        report(refusal)
        await flush { $0 == refusal && $1 == nil }
    }

    /// Counts a refusal that the next `flush` records.
    func report(_ refusal: AccessRefusal, count: Int = 1) {
        for _ in 0..<count { metrics.count(.refusedConnections, label: refusal.code) }
        gathered.withLock { gathered in
            var kind = refusal
            if gathered[kind] == nil, gathered.count >= Self.mostKinds {
                kind = AccessRefusal(listener: refusal.listener, address: "*", code: refusal.code)
            }
            gathered[kind, default: Gathered()].count += count
        }
    }

    /// Records what was not recorded yet, or was gathered for a whole window; all of it with `all`.
    func flush(all: Bool = false) async {
        let now = clock.now()
        await flush { _, last in all || last.map { now - $0 >= Self.window } ?? true }
    }

    private func flush(where isDue: (AccessRefusal, Timestamp?) -> Bool) async {
        let now = clock.now()
        let due: [(AccessRefusal, Int)] = gathered.withLock { gathered in
            var due: [(AccessRefusal, Int)] = []
            for (kind, entry) in gathered where isDue(kind, entry.lastRecorded) {
                if entry.count > 0 { due.append((kind, entry.count)) }
                gathered[kind] = entry.count > 0 ? Gathered(lastRecorded: now) : nil
            }
            return due
        }
        for (kind, count) in due { await record(kind, count: count) }
    }

    private func record(_ refusal: AccessRefusal, count: Int) async {
        var record = trail.connectionRefused(
            listener: refusal.listener, address: refusal.address, code: refusal.code, count: count,
            reason: refusal.reason)
        if let role = refusal.role {
            let (principal, peer) = (record.principal, record.peer)
            record = trail.accessRefused(
                role: role, code: refusal.code,
                details: [.listener: .configured(refusal.listener), .count: .count(count)])
            (record.principal, record.peer) = (principal, peer)
        }
        do throws(AdapterError) {
            try await store.record([record])
        } catch {
            metrics.count(.failures, label: error.code)
            logger.error(
                "a refusal was not recorded yet; it is tried again with the next ones",
                metadata: ["code": "\(error.code)"])
            // With those that come until the next try: a store that fails loses the minute, not the count.
            let now = clock.now()
            gathered.withLock { $0[refusal, default: Gathered(lastRecorded: now)].count += count }
        }
    }
}

/// Writes down gathered refusals while the gateway serves, and what is left when it stops.
struct RefusalService: Service {
    let refusals: RefusalLog
    /// They close what is over the limits of connections themselves, and count it.
    let listeners: [(name: String, listener: MLLPListener)]
    let clock: any WallClock

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var seen: [String: Int] = [:]
            while !Task.isCancelled {
                try? await clock.sleep(for: .seconds(1))
                for (name, listener) in listeners {
                    let count = listener.counters.refusedConnections - seen[name, default: 0]
                    guard count > 0 else { continue }
                    seen[name, default: 0] += count
                    refusals.report(
                        AccessRefusal(listener: name, address: "*", code: "mllp.tooManyConnections"), count: count)
                }
                await refusals.flush()
            }
        }
        await refusals.flush(all: true)
    }
}
