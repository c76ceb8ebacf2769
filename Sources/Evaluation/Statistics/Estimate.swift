/// A figure, with its interval where one can be told.
public struct Estimate: Sendable, Equatable {
    /// The figure of the cases as they are.
    public let value: Double
    /// Its 95 % interval; nil where there are too few patients to draw from, or where every drawing gives the same. That
    /// is no certainty: nothing is known of how far it may lie off.
    public let interval: Interval?

    /// Names the two.
    public init(value: Double, interval: Interval?) {
        self.value = value
        self.interval = interval
    }
}
