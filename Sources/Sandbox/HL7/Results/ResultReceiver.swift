import HL7v2

/// The pretend EHR's receiver of results as a value: the bytes of one MLLP frame in, the acknowledgement and the result
/// out.
struct ResultReceiver: Sendable {
    /// What became of one message.
    struct Receipt: Sendable {
        /// The reply, without MLLP's frame; nil where the sender wants none.
        let reply: [UInt8]?
        /// MSA-1 of the reply.
        let code: AcknowledgmentCode?
        /// The result; nil where it was not taken or had been taken before.
        let result: ReceivedResult?
        /// Whether it had been taken before, and got the same answer again.
        let isDuplicate: Bool
    }

    private struct Taken: Sendable {
        let message: [UInt8]
        let reply: Acknowledgment?
    }

    private struct Key: Hashable {
        let application: String
        let facility: String
        let messageControlID: [UInt8]
    }

    /// As MSH-3 and MSH-4 of replies to messages that do not name their receiver.
    var application = "EHR"
    var facility = Hospital.patientNamespace
    /// How many messages are remembered, and how many of their bytes; the oldest goes first.
    let capacity: Int
    private static let mostBytes = 32 << 20
    private var byteCount = 0
    private var taken: [Key: Taken] = [:]
    private var order: [Key] = []
    private var replies = 0

    private static let limits = MessageLimits(bytes: 8 << 20, segments: 2_000)

    init(capacity: Int = 1_000) {
        self.capacity = max(capacity, 1)
    }

    /// Takes one message. A message whose MSH-10 and bytes came before gets its answer again; the same MSH-10 with other
    /// bytes is a new message, because some senders number anew.
    mutating func receive(_ bytes: [UInt8], time: DTM) -> Receipt {
        replies += 1
        let context = AcknowledgmentContext(
            application: application, facility: facility, messageControlID: "EHR\(replies)", time: time)
        guard let header = try? MessageHeader(parsing: bytes) else {
            return receipt(nil, .rejected([]), nil, context)
        }
        let key = Key(
            application: header.sendingApplication, facility: header.sendingFacility,
            messageControlID: header.messageControlID)
        if let before = taken[key], before.message == bytes {
            return Receipt(reply: before.reply?.bytes, code: before.reply?.code, result: nil, isDuplicate: true)
        }
        let objections = header.objections(processingID: nil)
        guard objections.isEmpty else { return receipt(header, AcknowledgmentOutcome(objections), nil, context) }
        if let refusal = Self.refusal(of: header.messageType) { return receipt(header, refusal, nil, context) }
        switch Self.read(bytes, time: time) {
        case .failure(let error):
            return receipt(header, AcknowledgmentOutcome(error), nil, context)
        case .success(let result):
            let plan = Acknowledgment.plan(for: header, outcome: .accepted, context: context)
            remember(key, Taken(message: bytes, reply: plan.reply))
            return Receipt(reply: plan.reply?.bytes, code: plan.reply?.code, result: result, isDuplicate: false)
        }
    }

    private static func read(_ bytes: [UInt8], time: DTM) -> Result<ReceivedResult, HL7v2Error> {
        do throws(HL7v2Error) {
            var reader = ResultReader(try Message(parsing: bytes, options: MessageOptions(limits: limits)))
            return reader.read(time: time)
        } catch {
            return .failure(error)
        }
    }

    /// Only results are taken: AR with row 200 or 201 of table 0357 for anything else.
    private static func refusal(of type: MessageType) -> AcknowledgmentOutcome? {
        guard type.code == "ORU" else {
            return .rejected([
                AcknowledgmentError(.unsupportedMessageType, at: ErrorLocation(segment: "MSH", field: 9))
            ])
        }
        guard type.triggerEvent == "R01" else {
            return .rejected([
                AcknowledgmentError(.unsupportedEventCode, at: ErrorLocation(segment: "MSH", field: 9))
            ])
        }
        return nil
    }

    private func receipt(
        _ header: MessageHeader?, _ outcome: AcknowledgmentOutcome, _ result: ReceivedResult?,
        _ context: AcknowledgmentContext
    ) -> Receipt {
        let reply = Acknowledgment.plan(for: header, outcome: outcome, context: context).reply
        return Receipt(reply: reply?.bytes, code: reply?.code, result: result, isDuplicate: false)
    }

    private mutating func remember(_ key: Key, _ message: Taken) {
        byteCount += message.message.count
        if let before = taken.updateValue(message, forKey: key) {
            byteCount -= before.message.count
        } else {
            order.append(key)
        }
        while order.count > capacity || byteCount > Self.mostBytes {
            byteCount -= taken.removeValue(forKey: order.removeFirst())?.message.count ?? 0
        }
    }
}
