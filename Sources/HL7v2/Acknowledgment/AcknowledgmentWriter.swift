/// Writes the segments MSH, MSA and ERR of a reply, with the sender's own delimiters.
struct AcknowledgmentWriter {
    /// The most ERR segments in one reply.
    private static let mostErrors = 20

    let context: AcknowledgmentContext

    /// The reply to a message whose header could be read.
    func reply(
        to header: MessageHeader, code: AcknowledgmentCode, errors: [AcknowledgmentError], isDeferred: Bool = false
    ) -> [UInt8] {
        let delimiters = header.delimiters
        let set = header.declaredSet
        func own(_ text: String) -> [UInt8] { Escapes.encode(text, delimiters, set) }
        func echo(_ number: Int, otherwise text: String = "") -> [UInt8] {
            let bytes = header.echoedField(number)
            return bytes.isEmpty ? own(text) : bytes
        }
        let isEnhanced = !header.text(15).isEmpty || !header.text(16).isEmpty
        let never = isEnhanced || isDeferred ? own("NE") : []
        let fields: [[UInt8]] = [
            echo(5, otherwise: context.application), echo(6, otherwise: context.facility), echo(3), echo(4),
            own(context.time.description), [], messageType(replyingTo: header, code), own(context.messageControlID),
            echo(11), echo(12), [], [], isDeferred ? own("AL") : never, never, [], header.knownCharacterSets,
            [], header.knownCharacterSets.isEmpty ? [] : echo(20),
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

    /// `ACK^O01^ACK`, or the response of chapter 4; the structure is left out before version 2.4. An accept
    /// acknowledgement is always ACK.
    private func messageType(replyingTo header: MessageHeader, _ code: AcknowledgmentCode) -> [UInt8] {
        let replyType = code.isApplication ? context.replyType : .acknowledgment
        let type = replyType.messageType(replyingTo: header.messageType)
        let trigger = type.triggerEvent
        let isEvent = (1...8).contains(trigger.utf8.count) && trigger.utf8.allSatisfy(Self.isAlphanumeric)
        guard isEvent else { return Array("ACK".utf8) }
        let structure = MessageVersion.isAtLeast(4, header.version) ? [type.structure] : []
        let parts = ([type.code, trigger] + structure).map { Array($0.utf8) }
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

    /// From version 2.5 an ERR for each error; before, one ERR whose first field repeats (the message structures of
    /// versions 2.1 to 2.4 have one ERR at most).
    private func errorSegments(
        _ errors: [AcknowledgmentError], _ delimiters: Delimiters, version: String
    ) -> [UInt8] {
        guard !errors.isEmpty else { return [] }
        guard !MessageVersion.isAtLeast(5, version) else {
            return errors.prefix(Self.mostErrors).flatMap { segment("ERR", newError($0, delimiters), delimiters) }
        }
        let isCoded = MessageVersion.isAtLeast(3, version) || version.isEmpty
        let rows = errors.prefix(delimiters.repetition == nil ? 1 : Self.mostErrors).map {
            oldError($0, delimiters, isCoded: isCoded)
        }
        return segment("ERR", [Array(rows.joined(separator: [delimiters.repetition ?? 0]))], delimiters)
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

    /// ERR-1 up to version 2.4: `SEG^seq^field^code&text&HL70357`, before version 2.3 `SEG^seq^field^code`.
    private func oldError(_ error: AcknowledgmentError, _ delimiters: Delimiters, isCoded: Bool) -> [UInt8] {
        let location = error.location
        let places = [location?.segment, location.map { String($0.sequence) }, location?.field.map { String($0) }]
        let padded = places.map { Array(($0 ?? "").utf8) }
        let code = Array(String(error.condition.rawValue).utf8)
        var condition = code
        if isCoded, let separator = delimiters.subcomponent {
            let parts = [code, Escapes.encode(error.condition.text, delimiters), Array("HL70357".utf8)]
            condition = Array(parts.joined(separator: [separator]))
        }
        return Array((padded + [condition]).joined(separator: [delimiters.component]))
    }

    /// A segment without its trailing empty fields.
    private func segment(_ name: String, _ fields: [[UInt8]], _ delimiters: Delimiters) -> [UInt8] {
        let last = fields.lastIndex { !$0.isEmpty } ?? -1
        return Array(name.utf8) + fields[...last].flatMap { [delimiters.field] + $0 } + [0x0D]
    }
}
