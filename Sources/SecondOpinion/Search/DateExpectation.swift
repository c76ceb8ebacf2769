/// Which dates may stand in the file.
public enum DateExpectation: String, Sendable, Hashable, CaseIterable {
    /// None but the documented dummies.
    case none
    /// Shifted ones: none of the original's days that the shift does not itself produce.
    case shifted
    /// The original's: of dates only the day of birth is searched, in words.
    case kept
}
