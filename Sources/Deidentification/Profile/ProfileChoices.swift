/// What becomes of dates; the raw values are those of Longitudinal Temporal Information Modified (0028,0303).
public enum DateRule: String, Sendable, Hashable, CaseIterable {
    /// Emptied, replaced by a dummy or removed.
    case removed = "REMOVED"
    /// All dates of one patient moved by the same number of days.
    case shifted = "MODIFIED"
    /// As they were.
    case kept = "UNMODIFIED"
}

/// How replacements for UIDs and patient identifiers are made.
public enum PseudonymKind: String, Sendable, Hashable, CaseIterable {
    /// By a keyed hash: whoever has the key can repeat them.
    case keyed
    /// At random, remembered in a sealed crosswalk.
    case random
}

/// When the pixels are searched for burned-in text before anything leaves: `textGate` of a profile file.
public enum TextGate: String, Sendable, Hashable, CaseIterable {
    /// Never: objects at risk are refused, and a header that says nothing is `unchecked`. Only for images that stay in
    /// this process.
    case never
    /// What the rules call risky, and every image whose header does not say NO.
    case risky
    /// Every frame of every image.
    case always
}
