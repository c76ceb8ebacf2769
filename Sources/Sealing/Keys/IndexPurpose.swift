/// What an index value stands for. The same text under two purposes gives unrelated values.
public struct IndexPurpose: Hashable, Sendable {
    /// The HKDF label; stored values depend on it for ever.
    public let label: String

    /// A purpose of one's own; labels are fixed words such as `patient`.
    public init(_ label: String) { self.label = label }

    /// A patient, `assigner|identifier`.
    public static let patient = IndexPurpose("patient")
    /// A key of an order, `kind|assigner|identifier`.
    public static let orderKey = IndexPurpose("order-key")
    /// A Study Instance UID.
    public static let study = IndexPurpose("study")
    /// A message that may be repeated.
    public static let message = IndexPurpose("message")
    /// A subject of an audit leaf, `type|assigner|identifier`.
    public static let subject = IndexPurpose("subject")

    /// Those above.
    static let common = [patient, orderKey, study, message, subject]
}
