/// The one place that decides about trying again; it looks at nothing but the error's category, the time and the
/// number of failures.
public struct RetryPolicy: Sendable, Equatable {
    /// For how long an unreachable peer is tried again.
    public let maxAge: Duration
    /// The longest pause between two tries.
    public let maxInterval: Duration
    /// The pause after the first failure; it doubles with each further one.
    public let firstInterval: Duration
    /// How often a conflict is read again before a person is asked.
    public let conflictTries: Int

    public init(
        maxAge: Duration = .seconds(72 * 3600), maxInterval: Duration = .seconds(300),
        firstInterval: Duration = .seconds(1), conflictTries: Int = 3
    ) {
        self.maxAge = maxAge
        self.maxInterval = maxInterval
        self.firstInterval = firstInterval
        self.conflictTries = conflictTries
    }

    /// What to do after a failure.
    public enum Decision: Sendable, Equatable {
        case retry(at: Timestamp)
        case park(ParkReason)
    }

    /// Decides after failure number `failures` (1 for the first) of a row that began at `since`; conflicts are counted by
    /// themselves, so that a peer that was away does not use up their tries.
    ///
    /// `jitter` in 0..<1 spreads the pauses of many orders between half and all of the computed pause.
    public func decide(
        _ error: AdapterError, failures: Int, since: Timestamp, now: Timestamp, jitter: Double
    ) -> Decision {
        switch error.category {
        case .busy, .unavailable, .interrupted:
            guard now - since < maxAge else { return .park(.retriesExhausted) }
            return .retry(at: now + pause(failures: failures, retryAfter: error.retryAfter, jitter: jitter))
        case .conflict:
            guard failures <= conflictTries else { return .park(.peerRefused) }
            return .retry(at: now + pause(failures: failures, retryAfter: nil, jitter: jitter))
        case .incorrect, .unsupported, .forbidden, .notFound:
            return .park(.peerRefused)
        case .fault:
            return .park(.fault)
        }
    }

    private func pause(failures: Int, retryAfter: Duration?, jitter: Double) -> Duration {
        let doublings = min(max(failures - 1, 0), 20)
        let computed = min(firstInterval * (1 << doublings), maxInterval)
        let spread = computed / 2 + (computed / 2) * jitter
        guard let retryAfter else { return spread }
        return min(max(spread, retryAfter), maxInterval)
    }
}
