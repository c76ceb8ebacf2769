import Workflow

/// Finds steps of the wall clock: between two looks it went by another time than the clock that cannot be set.
struct ClockSteps: Sendable {
    /// What slewing and slow looks make is smaller.
    static let smallest = Duration.seconds(1)

    private var last: (wall: Timestamp, steady: ContinuousClock.Instant)?

    /// Looks at both clocks.
    /// - Returns: by how much the wall clock was moved since the last look, forwards if positive; nil where it was not.
    mutating func look(wall: Timestamp, steady: ContinuousClock.Instant) -> Duration? {
        defer { last = (wall, steady) }
        guard let last else { return nil }
        let step = (wall - last.wall) - last.steady.duration(to: steady)
        return step > Self.smallest || step < .zero - Self.smallest ? step : nil
    }
}
