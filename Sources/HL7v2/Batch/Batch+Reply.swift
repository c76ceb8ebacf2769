extension Batch {
    /// The batch of replies to this one (HL7 v2.5.1 §2.10.3.3): headers with sender and receiver swapped, which refer
    /// to the headers received by their control IDs, and the replies in the order of the messages.
    ///
    /// - Parameters:
    ///   - replies: One for each of `messages`, nil where none is due. Fewer are taken as nil, more are not looked at.
    ///   - context: What the headers say of ourselves.
    public func reply(_ replies: [[UInt8]?], context: AcknowledgmentContext) -> [UInt8] {
        var rest = replies[...]
        var bytes = fileHeader.map { Self.header("FHS", replyingTo: $0, context) } ?? []
        for group in groups {
            let due = rest.prefix(group.messages.count).compactMap(\.self)
            rest = rest.dropFirst(group.messages.count)
            let delimiters = group.header?.delimiters ?? .usual
            bytes += Self.header("BHS", replyingTo: group.header, context)
            bytes += due.flatMap(\.self)
            bytes += Self.trailer("BTS", due.count, delimiters)
        }
        if let fileHeader { bytes += Self.trailer("FTS", groups.count, fileHeader.delimiters) }
        return bytes
    }

    private static func header(
        _ name: String, replyingTo request: BatchHeader?, _ context: AcknowledgmentContext
    ) -> [UInt8] {
        let delimiters = request?.delimiters ?? .usual
        func own(_ text: String) -> [UInt8] { Escapes.encode(text, delimiters) }
        func echo(_ number: Int, otherwise text: String = "") -> [UInt8] {
            let bytes = request?.fieldBytes(number) ?? []
            return bytes.isEmpty ? own(text) : Array(bytes)
        }
        let fields: [[UInt8]] = [
            delimiters.encodingCharacters, echo(5, otherwise: context.application),
            echo(6, otherwise: context.facility), echo(3), echo(4), own(context.time.description), [], [], [],
            own(context.messageControlID), echo(11),
        ]
        let last = fields.lastIndex { !$0.isEmpty } ?? 0
        return Array(name.utf8) + fields[...last].flatMap { [delimiters.field] + $0 } + [0x0D]
    }

    private static func trailer(_ name: String, _ count: Int, _ delimiters: Delimiters) -> [UInt8] {
        Array(name.utf8) + [delimiters.field] + Array(String(count).utf8) + [0x0D]
    }
}
