public import Mapping

/// How long images are waited for, and how often is asked.
public struct WaitingPolicy: Sendable, Equatable {
    /// The first pause; it doubles with each poll.
    public let firstPoll: Duration
    public let maxInterval: Duration
    /// Counted from the scheduled time, or from the order's arrival where there is none.
    public let giveUpAfter: Duration
    /// How long an announced study waits for its order.
    public let noticeWait: Duration

    public init(firstPoll: Duration, maxInterval: Duration, giveUpAfter: Duration, noticeWait: Duration) {
        self.firstPoll = firstPoll
        self.maxInterval = maxInterval
        self.giveUpAfter = giveUpAfter
        self.noticeWait = noticeWait
    }

    /// The pause after poll number `polls` (1 for the first).
    func pause(after polls: Int) -> Duration {
        min(firstPoll * (1 << min(max(polls - 1, 0), 20)), maxInterval)
    }
}

/// One configured archive.
public struct Archive: Sendable {
    public let source: any StudySource
    /// The assigner meant by identifiers without an issuer.
    public let defaultAssigner: Assigner?
    /// A study is complete when its instance count did not change for this long.
    public let settleTime: Duration

    public init(source: any StudySource, defaultAssigner: Assigner?, settleTime: Duration) {
        self.source = source
        self.defaultAssigner = defaultAssigner
        self.settleTime = settleTime
    }
}

/// Bounds on what one study may ask of the gateway.
public struct StudyLimits: Sendable, Equatable {
    public let instancesPerStudy: Int
    public let instanceBytes: Int

    public init(instancesPerStudy: Int, instanceBytes: Int) {
        self.instancesPerStudy = instancesPerStudy
        self.instanceBytes = instanceBytes
    }
}
