/// A patient's name as sent (XPN), for display and report only; never compared.
public struct PersonName: Sendable, Hashable {
    public let family: String?
    public let given: String?
    public let middle: String?
    public let suffix: String?
    public let prefix: String?

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

    public var isEmpty: Bool { [family, given, middle, suffix, prefix].allSatisfy { $0 == nil } }
}

extension PersonName: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
