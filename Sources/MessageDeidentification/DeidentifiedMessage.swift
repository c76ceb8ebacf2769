/// What came of a message or resource.
public struct DeidentifiedMessage: Sendable, Hashable {
    /// The result in the form it came in, UTF-8.
    public let bytes: [UInt8]
    /// How many values met which fate: the rule's word, as in `patient` or `remove`.
    public let counts: [String: Int]
    /// Whom the original was about: for the audit log, before the result appears.
    public let subjects: MessageSubjects
}

extension DeidentifiedMessage: CustomStringConvertible, CustomReflectable {
    /// Tells nothing of the content.
    public var description: String { "<redacted message>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
