/// What becomes of a report that went out when its order is cancelled.
public enum RetractionPolicy: String, Sendable, Hashable, CaseIterable {
    /// It stays: the exam was done.
    case keep
    /// It is marked as entered in error.
    case enteredInError = "entered-in-error"
}
