/// A certificate of de-identification as the store keeps it, sealed like the order it belongs to.
public struct StoredCertificate: Sendable, Equatable {
    /// The order whose study it is about.
    public let order: OrderID
    /// What the study was de-identified for: `model`, or the name of a research archive.
    public let purpose: String
    /// When it was made.
    public let created: Timestamp
    /// The signed certificate as a file.
    public let bytes: [UInt8]

    /// A certificate of an order.
    public init(order: OrderID, purpose: String, created: Timestamp, bytes: [UInt8]) {
        self.order = order
        self.purpose = purpose
        self.created = created
        self.bytes = bytes
    }
}
