public import HL7v2
public import Mapping

/// One sender of HL7 v2 messages, as configured.
public struct MessageSource: Sendable {
    public let name: String
    public let mapping: OrderMapping
    public let options: MessageOptions
    /// The only MSH-11 that is accepted.
    public let processingID: String
    /// Who may send as this source; `nil` for anybody who reaches its listener.
    public let binding: SenderBinding?
    /// What answers an order message.
    public let replyType: ReplyType
    /// Where application acknowledgments go that follow an accept acknowledgment; `nil` sends none.
    public let deferredDestination: String?
    /// Whether the sender tries again after AR: temporary trouble is then answered with AR 207 instead of silence.
    public let rejectsWhenBusy: Bool

    public init(
        name: String, mapping: OrderMapping, options: MessageOptions, processingID: String,
        binding: SenderBinding? = nil, replyType: ReplyType = .acknowledgment, deferredDestination: String? = nil,
        rejectsWhenBusy: Bool = false
    ) {
        self.name = name
        self.mapping = mapping
        self.options = options
        self.processingID = processingID
        self.binding = binding
        self.replyType = replyType
        self.deferredDestination = deferredDestination
        self.rejectsWhenBusy = rejectsWhenBusy
    }
}
