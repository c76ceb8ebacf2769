/// What is done to an element: the codes of PS3.15 table E.1-1a.
public enum Action: String, Hashable, Sendable, CaseIterable {
    /// Replaced by a dummy value consistent with the VR.
    case D
    /// Emptied.
    case Z
    /// Removed.
    case X
    /// Kept; a sequence is walked item by item.
    case K
    /// Cleaned: a kept sequence or pixel data from which parts were taken.
    case C
    /// UIDs replaced by their pseudonyms.
    case U
}
