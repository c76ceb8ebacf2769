import Sealing
import Workflow

/// A message made ready before its transaction.
struct MessageDraft: Sendable {
    let message: ReceivedMessage
    /// The reply that is repeated to a resend.
    let reply: [UInt8]?
    let isKept: Bool
    /// The name under which it is sealed.
    let id: String
    let deduplication: [UInt8]?
    let digest: [UInt8]

    init(_ message: ReceivedMessage, reply: [UInt8]?, isKept: Bool = false, values: KeyedValues) {
        self.message = message
        self.reply = reply
        self.isKept = isKept
        id = randomUUID()
        deduplication = Self.deduplication(message, values: values)
        digest = Self.digest(message, values: values)
    }

    func sealedBody(_ key: DataKey) throws(SealingError) -> [UInt8] {
        try key.seal(message.bytes, context: .message(id, "body"))
    }

    func sealedReply(_ key: DataKey) throws(SealingError) -> [UInt8]? {
        guard let reply else { return nil }
        return try key.seal(reply, context: .message(id, "reply"))
    }

    static func deduplication(_ message: ReceivedMessage, values: KeyedValues) -> [UInt8]? {
        message.deduplicationKey.map { values(.message, "key|\(message.source)|\($0)") }
    }

    /// Keyed as well: the plain digest of a short message could be guessed.
    static func digest(_ message: ReceivedMessage, values: KeyedValues) -> [UInt8] {
        values(.message, "digest|\(message.digest.hex)")
    }
}

extension SealedContext {
    static func message(_ id: String, _ column: String) -> SealedContext {
        SealedContext(table: "messages", row: id, column: column)
    }
}
