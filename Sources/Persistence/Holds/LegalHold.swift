public import Audit
public import Workflow

/// An order to keep what the log tells of a subject, or all of it, whatever retention says.
public struct LegalHold: Sendable, Hashable {
    /// A random UUID.
    public let id: String
    /// What is kept; everything where nil.
    public let subject: Subject?
    /// Why, as a code: the number of a case, a word of the site.
    public let code: String
    /// Since when.
    public let created: Timestamp

    /// A code has 1 to 40 letters, digits, `.`, `_` and `-`.
    public static func isCode(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || [0x2D, 0x2E, 0x5F].contains(byte)
            }
    }
}
