extension Message {
    /// MSH-10 byte for byte.
    public var messageControlID: [UInt8] { header.messageControlID }
    /// MSH-9.1 and MSH-9.2.
    public var messageType: MessageType { header.messageType }
    /// MSH-12.1.
    public var version: String { header.version }
    /// MSH-11.1.
    public var processingID: String { header.processingID }
    /// MSH-3.1.
    public var sendingApplication: String { header.sendingApplication }
    /// MSH-4.1.
    public var sendingFacility: String { header.sendingFacility }
}
