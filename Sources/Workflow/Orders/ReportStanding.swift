/// What the EHR has of an order's report.
public enum ReportStanding: String, Sendable, Hashable, CaseIterable {
    /// Nothing went out.
    case none
    /// The result of the AI, which nobody has verified.
    case preliminary
    /// A person's final report: ours is not changed any more.
    case final
    /// Our report was, or is about to be, marked as entered in error.
    case withdrawn

    /// Whether there is a report outside that counts.
    public var isOut: Bool { self == .preliminary || self == .final }
}
