/// What shredding a patient destroyed.
public struct Shredding: Sendable, Hashable {
    /// Data keys.
    public let keys: Int
    /// Identifiers: the one asked for and those merged with it.
    public let identifiers: Int
    /// Orders whose content is gone.
    public let orders: Int
    /// Raw messages that are gone.
    public let messages: Int
    /// SHA-256 over the sorted ids of the keys, each in 32 hexadecimal digits; stands in the record.
    public let digest: String
    /// Whether the old pages of the database are out of its files too. Where another process was reading all the time
    /// they go with the next checkpoint of SQLite's.
    public internal(set) var isOutOfFiles: Bool
}
