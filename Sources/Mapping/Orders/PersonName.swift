/// A patient's name as sent (XPN), for display and report only; never compared.
public struct PersonName: Sendable, Hashable {
    /// XPN.1.1.
    public let family: String?
    /// XPN.2.
    public let given: String?
    /// XPN.3.
    public let middle: String?
    /// XPN.4.
    public let suffix: String?
    /// XPN.5.
    public let prefix: String?

    /// A name of the parts that are known.
    public init(
        family: String? = nil, given: String? = nil, middle: String? = nil, suffix: String? = nil,
        prefix: String? = nil
    ) {
        self.family = family
        self.given = given
        self.middle = middle
        self.suffix = suffix
        self.prefix = prefix
    }

    /// Whether no part is known.
    public var isEmpty: Bool { [family, given, middle, suffix, prefix].allSatisfy { $0 == nil } }
}

extension PersonName: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
