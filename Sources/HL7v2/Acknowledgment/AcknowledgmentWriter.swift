/// Writes the segments MSH, MSA and ERR of a reply, with the sender's own delimiters.
struct AcknowledgmentWriter {
    /// The most ERR segments in one reply.
    private static let mostErrors = 20

    let context: AcknowledgmentContext

    /// The reply to a message whose header could be read.
    func reply(to header: MessageHeader, code: AcknowledgmentCode, errors: [AcknowledgmentError]) -> [UInt8] {
        let delimiters = header.delimiters
        func own(_ text: String) -> [UInt8] { Escapes.encode(text, delimiters) }
        func echo(_ number: Int, otherwise text: String = "") -> [UInt8] {
            let bytes = header.fieldBytes(number)
            return bytes.isEmpty ? own(text) : Array(bytes)
        }
        let isEnhanced = !header.text(15).isEmpty || !header.text(16).isEmpty
        let never = isEnhanced ? own("NE") : []
        let fields: [[UInt8]] = [
            echo(5, otherwise: context.application), echo(6, otherwise: context.facility), echo(3), echo(4),
            own(context.time.description), [], messageType(replyingTo: header), own(context.messageControlID),
            echo(11), echo(12), [], [], never, never, [], echo(18),
        ]
        return segment("MSH", [delimiters.encodingCharacters] + fields, delimiters)
            + segment("MSA", [own(code.rawValue), header.messageControlID, own(text(errors))], delimiters)
            + errorSegments(errors, delimiters, version: header.version)
    }

    /// The reply to a frame without a readable MSH: our own names, no control ID to echo.
    func unreadable(_ errors: [AcknowledgmentError]) -> [UInt8] {
        let delimiters = Delimiters.usual
        func own(_ text: String) -> [UInt8] { Escapes.encode(text, delimiters) }
        let rows = errors.isEmpty ? [AcknowledgmentError(HL7v2Error(.headerUnreadable))] : errors
        let fields: [[UInt8]] = [
            own(context.application), own(context.facility), [], [], own(context.time.description), [], own("ACK"),
            own(context.messageControlID), own(context.processingID), own("2.5.1"),
        ]
        return segment("MSH", [delimiters.encodingCharacters] + fields, delimiters)
            + segment("MSA", [own("AR"), [], own(text(rows))], delimiters)
            + errorSegments(rows, delimiters, version: "2.5.1")
    }

    /// MSA-3: the words of table 0357 only.
    private func text(_ errors: [AcknowledgmentError]) -> String { errors.first?.condition.text ?? "" }

    /// `ACK^O01^ACK`; the structure is left out before version 2.4.
    private func messageType(replyingTo header: MessageHeader) -> [UInt8] {
        let trigger = header.messageType.triggerEvent
        let isEvent = (1...8).contains(trigger.utf8.count) && trigger.utf8.allSatisfy(Self.isAlphanumeric)
        guard isEvent else { return Array("ACK".utf8) }
        let structure = MessageVersion.isAtLeast(4, header.version) ? ["ACK"] : []
        let parts = (["ACK", trigger] + structure).map { Array($0.utf8) }
        return Array(parts.joined(separator: [header.delimiters.component]))
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    private func errorSegments(
        _ errors: [AcknowledgmentError], _ delimiters: Delimiters, version: String
    ) -> [UInt8] {
        let isNew = MessageVersion.isAtLeast(5, version)
        return errors.prefix(Self.mostErrors).flatMap {
            segment("ERR", isNew ? newError($0, delimiters) : [oldError($0, delimiters)], delimiters)
        }
    }

    /// ERR-2, ERR-3, ERR-4 and ERR-8 of version 2.5 and later.
    private func newError(_ error: AcknowledgmentError, _ delimiters: Delimiters) -> [[UInt8]] {
        let location = (error.location?.parts ?? []).map { Array($0.utf8) }
        let condition = [String(error.condition.rawValue), error.condition.text, "HL70357"]
        return [
            [], Array(location.joined(separator: [delimiters.component])),
            Array(condition.map { Escapes.encode($0, delimiters) }.joined(separator: [delimiters.component])),
            Array("E".utf8), [], [], [], Escapes.encode(error.userText ?? "", delimiters),
        ]
    }

    /// ERR-1 up to version 2.4: `SEG^seq^field^code&text&HL70357`.
    private func oldError(_ error: AcknowledgmentError, _ delimiters: Delimiters) -> [UInt8] {
        let places = Array((error.location?.parts ?? []).prefix(3))
        let padded = (places + Array(repeating: "", count: 3 - places.count)).map { Array($0.utf8) }
        let code = Array(String(error.condition.rawValue).utf8)
        let condition = delimiters.subcomponent.map { separator in
            let parts = [code, Escapes.encode(error.condition.text, delimiters), Array("HL70357".utf8)]
            return Array(parts.joined(separator: [separator]))
        }
        return Array((padded + [condition ?? code]).joined(separator: [delimiters.component]))
    }

    /// A segment without its trailing empty fields.
    private func segment(_ name: String, _ fields: [[UInt8]], _ delimiters: Delimiters) -> [UInt8] {
        let last = fields.lastIndex { !$0.isEmpty } ?? -1
        return Array(name.utf8) + fields[...last].flatMap { [delimiters.field] + $0 } + [0x0D]
    }
}
