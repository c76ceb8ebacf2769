@testable import HL7v2

/// A promise that some input broke.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// What must hold for any bytes whatsoever.
struct Properties {
    /// What became of the inputs, so that a test sees that it tests something.
    struct Tally {
        var inputs = 0
        var read = 0
        var written = 0
        var replaced = 0
        var batches = 0

        static func + (one: Tally, other: Tally) -> Tally {
            Tally(
                inputs: one.inputs + other.inputs, read: one.read + other.read, written: one.written + other.written,
                replaced: one.replaced + other.replaced, batches: one.batches + other.batches)
        }
    }

    private static let strict = MessageOptions(tolerances: .none)

    private let context: AcknowledgmentContext
    private let paths: [FieldPath]
    private let sets = MessageCharacterSet.allCases
    private(set) var tally = Tally()

    init() throws {
        context = AcknowledgmentContext(
            application: "IMGAI", facility: "RAD", messageControlID: "A1", time: try DTM(parsing: "20260301"),
            replyType: .response)
        paths = try [
            "MSH-10", "MSH-3.2", "PID-3[2].4.2", "PID-5.2", "PID-5", "ORC-2", "OBR-4.1", "PID[2]-1", "ZDS-1.1",
            "MSH-18",
            "PID-40[3].2.2", "NTE-3",
        ].map { try FieldPath(parsing: $0) }
    }

    /// - Parameter choice: Which of the more costly promises are looked at, and the sender's default set.
    mutating func check(_ bytes: [UInt8], choice: Int) throws(BrokenPromise) {
        tally.inputs += 1
        // Mostly ASCII, as most senders; now and then each other default.
        let set = choice.isMultiple(of: 4) ? sets[choice / 4 % sets.count] : .ascii
        let options = MessageOptions(characterSet: set)
        let outcome: AcknowledgmentOutcome
        switch Self.parsed(bytes, options) {
        case .success(let message):
            outcome = .accepted
            tally.read += 1
            if choice.isMultiple(of: 16), message.bytes != bytes { throw BrokenPromise("the bytes stay as received") }
            if choice.isMultiple(of: 2) {
                try checkWriting(message)
            } else {
                for path in paths { _ = message.values(at: path) }
            }
            if choice.isMultiple(of: 5) { try checkReplacing(message, paths[choice / 5 % paths.count], options) }
        case .failure(let error): outcome = AcknowledgmentOutcome(error)
        }
        if choice.isMultiple(of: 3) { try checkReply(bytes, set, outcome) }
        if choice % 7 == 1 { try checkBatch(bytes) }
    }

    private static func parsed(_ bytes: [UInt8], _ options: MessageOptions) -> Result<Message, HL7v2Error> {
        do throws(HL7v2Error) {
            return .success(try Message(parsing: bytes, options: options))
        } catch {
            return .failure(error)
        }
    }

    /// decode(encode(decode(bytes))) = decode(bytes), wherever the draft can be written at all.
    private mutating func checkWriting(_ message: Message) throws(BrokenPromise) {
        let draft = MessageDraft(message)
        let written: [UInt8]
        do throws(HL7v2Error) {
            written = try draft.encoded()
        } catch {
            let isTwice = message.count(of: "MSH") > 1 && error.code == .headerUnreadable
            guard isTwice || error.code == .textInexpressible else {
                throw BrokenPromise("what was read can be written: \(error)")
            }
            // Only what stands for nothing, switched sets, and controls without an escape character.
            return
        }
        tally.written += 1
        guard case .success(let again) = Self.parsed(written, Self.strict) else {
            throw BrokenPromise("what was written is standard")
        }
        guard MessageDraft(again) == draft.normalized else { throw BrokenPromise("decode(encode(m)) = m") }
    }

    private mutating func checkReplacing(
        _ message: Message, _ path: FieldPath, _ options: MessageOptions
    ) throws(BrokenPromise) {
        let after: Message
        do throws(HL7v2Error) {
            after = try message.replacing(path, with: .text("new ^ text"), options: options)
        } catch {
            switch error.code {
            case .segmentMissing, .draftInvalid, .textInexpressible, .tooManyFields, .tooManyRepetitions: return
            default: throw BrokenPromise("a value can be replaced: \(error)")
            }
        }
        tally.replaced += 1
        guard after.value(at: path) == "new ^ text" else { throw BrokenPromise("what replaces a value is read there") }
        guard after.segments.count == message.segments.count else { throw BrokenPromise("other segments stay") }
    }

    /// Every input gets a reply that reads again and echoes the control ID.
    private func checkReply(
        _ bytes: [UInt8], _ set: MessageCharacterSet, _ outcome: AcknowledgmentOutcome
    ) throws(BrokenPromise) {
        let header = try? MessageHeader(parsing: bytes, characterSet: set)
        let plan = Acknowledgment.plan(for: header, outcome: outcome, context: context)
        guard let reply = plan.reply else { return }
        // A control ID that never switches back is echoed as it is, and swallows what follows it.
        if let header, header.messageControlID.contains(0x1B) { return }
        guard case .success(let read) = Self.parsed(reply.bytes, MessageOptions(characterSet: set)) else {
            throw BrokenPromise("a reply reads again")
        }
        guard read.segments.prefix(2).map(\.name) == ["MSH", "MSA"] else {
            throw BrokenPromise("a reply begins with MSH and MSA")
        }
        // Byte for byte, whatever set they are in; trailing empty fields are not written.
        guard let header, !header.messageControlID.isEmpty else { return }
        let separator = reply.bytes[3]
        let echo = Array("MSA".utf8) + [separator] + Array(reply.code.rawValue.utf8) + [separator]
        let start = (reply.bytes.firstIndex(of: 0x0D) ?? 0) + 1
        guard reply.bytes[start...].starts(with: echo + header.messageControlID) else {
            throw BrokenPromise("MSA-2 is MSH-10")
        }
    }

    private mutating func checkBatch(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let batch = try? Batch(parsing: bytes) else { return }
        tally.batches += 1
        var end = 0
        for range in batch.groups.flatMap(\.messages) {
            guard range.lowerBound >= end, !range.isEmpty, range.upperBound <= bytes.count,
                bytes[range].starts(with: "MSH".utf8)
            else { throw BrokenPromise("messages of a batch follow each other") }
            end = range.upperBound
        }
        let reply = batch.reply(batch.messages.map { _ in Array("MSH|^~\\&|A\rMSA|AA|1\r".utf8) }, context: context)
        guard let again = try? Batch(parsing: reply), again.objections.isEmpty,
            again.groups.map(\.messages.count) == batch.groups.map(\.messages.count)
        else { throw BrokenPromise("the reply to a batch is a batch") }
    }
}
