/// What a field or one of its parts says (HL7 v2.5.1 §2.5.3.2).
public enum FieldValue: Sendable, Hashable {
    /// Nothing: a stored value is kept. Absent and empty mean the same.
    case empty
    /// `""`: a stored value is to be deleted.
    case null
    case text(String)

    /// The text; nil for `empty` and `null`.
    public var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }
}
