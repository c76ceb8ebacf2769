/// Who sends, and what is assumed where a message says nothing.
public struct OrderSender: Sendable {
    /// The configured name of the source.
    public let name: String
    /// All configured assigners.
    public let assigners: AssignerDirectory
    /// Meant where an identifier names no assigner.
    public let defaultAssigner: Assigner?
    /// For times without a zone; nil means the zone of MSH-7, or UTC.
    public let timeZone: SourceTimeZone?

    /// A sender as configured.
    public init(
        name: String, assigners: AssignerDirectory, defaultAssigner: Assigner? = nil, timeZone: SourceTimeZone? = nil
    ) {
        self.name = name
        self.assigners = assigners
        self.defaultAssigner = defaultAssigner
        self.timeZone = timeZone
    }
}
