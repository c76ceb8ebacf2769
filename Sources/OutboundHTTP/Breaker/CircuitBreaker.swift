/// Keeps requests away from a peer that does not answer, so that orders fail fast and the peer can recover.
///
/// A value: events and the time go in, decisions come out.
public struct CircuitBreaker: Sendable, Equatable {
    /// What became of a request.
    public enum Outcome: Sendable, Equatable {
        /// The peer answered, even if only to refuse this one request.
        case answered
        /// The peer is in trouble; it may have said for how long.
        case failed(retryAfter: Duration?)
        /// Nothing was learnt, for example after a cancellation.
        case unknown
    }

    private enum State: Equatable {
        case closed(failures: Int)
        case open(until: ContinuousClock.Instant, pause: Duration)
        case probing(pause: Duration)
    }

    /// Failures in a row that open it. Default 5.
    public let threshold: Int
    /// The first pause; it doubles with each failed probe. Default 5 s.
    public let firstPause: Duration
    /// The longest pause. Default 300 s.
    public let longestPause: Duration
    private var state = State.closed(failures: 0)

    /// A closed breaker.
    public init(threshold: Int = 5, firstPause: Duration = .seconds(5), longestPause: Duration = .seconds(300)) {
        self.threshold = threshold
        self.firstPause = firstPause
        self.longestPause = longestPause
    }

    /// Requests are being kept away.
    public var isOpen: Bool {
        if case .closed = state { false } else { true }
    }

    /// Nil when the request may go; else how long to wait. After the pause one request goes as a probe.
    public mutating func admit(at now: ContinuousClock.Instant) -> Duration? {
        switch state {
        case .closed:
            return nil
        case .open(let until, let pause):
            guard now >= until else { return until - now }
            state = .probing(pause: pause)
            return nil
        case .probing(let pause):
            return pause
        }
    }

    /// Notes what became of an admitted request.
    public mutating func record(_ outcome: Outcome, at now: ContinuousClock.Instant) {
        switch (state, outcome) {
        case (.closed, .answered), (.probing, .answered):
            state = .closed(failures: 0)
        case (.closed(let failures), .failed(let retryAfter)):
            if failures + 1 >= threshold || retryAfter != nil {
                open(for: max(firstPause, retryAfter ?? .zero), at: now)
            } else {
                state = .closed(failures: failures + 1)
            }
        case (.probing(let pause), .failed(let retryAfter)):
            open(for: max(pause * 2, retryAfter ?? .zero), at: now)
        case (.probing(let pause), .unknown):
            state = .open(until: now, pause: pause)
        case (.closed, .unknown), (.open, _):
            // Requests that were under way when it opened change nothing.
            break
        }
    }

    private mutating func open(for pause: Duration, at now: ContinuousClock.Instant) {
        let pause = min(pause, longestPause)
        state = .open(until: now + pause, pause: pause)
    }
}
