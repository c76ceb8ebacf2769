/// The reply to one message (HL7 v2.5.1 §2.9), as a pure function of the message's header and what became of it.
///
/// MSH-15 and MSH-16 both empty is the original mode: AA, AE or AR, always. Otherwise the accept acknowledgement (CA,
/// CE, CR) follows MSH-15 and the application acknowledgement MSH-16, an empty one meaning never. When no accept
/// acknowledgement is due, the application acknowledgement is the reply on the same connection; after a CA it is a
/// message of its own, which `deferred` announces.
public struct Acknowledgment: Sendable, Hashable {
    /// MSA-1.
    public let code: AcknowledgmentCode
    /// The reply, without MLLP's frame.
    public let bytes: [UInt8]

    /// What to send now, and what the sender expects later.
    public struct Plan: Sendable, Hashable {
        /// The reply on the same connection; nil where the sender wants none.
        public let reply: Acknowledgment?
        /// The application acknowledgement that the sender expects later as a message of its own.
        public let deferred: AcknowledgmentCode?
    }

    /// - Parameters:
    ///   - header: nil for a frame without a readable MSH: AR with an empty MSA-2.
    ///   - outcome: What became of the message; `accepted` only once it is stored.
    ///   - context: What the reply says of ourselves.
    public static func plan(
        for header: MessageHeader?, outcome: AcknowledgmentOutcome, context: AcknowledgmentContext
    ) -> Plan {
        guard let header else {
            let bytes = AcknowledgmentWriter(context: context).unreadable(outcome.errors)
            return Plan(reply: Acknowledgment(code: .AR, bytes: bytes), deferred: nil)
        }
        let due = codes(for: header, outcome)
        let reply = due.reply.map { code in
            Acknowledgment(
                code: code,
                bytes: AcknowledgmentWriter(context: context).reply(to: header, code: code, errors: outcome.errors))
        }
        return Plan(reply: reply, deferred: due.deferred)
    }

    /// The application acknowledgement that `Plan.deferred` announced: a message of its own to the sender, which may
    /// leave at any time and over another connection (HL7 v2.5.1 §2.9.3). It asks to be acknowledged itself (MSH-15
    /// AL), so that it can be sent again until it arrived.
    ///
    /// - Parameters:
    ///   - header: Of the message that is acknowledged.
    ///   - code: AA, AE or AR.
    ///   - errors: What goes into ERR.
    ///   - context: What the message says of ourselves; its control ID is the new message's own.
    public static func deferred(
        to header: MessageHeader, code: AcknowledgmentCode, errors: [AcknowledgmentError] = [],
        context: AcknowledgmentContext
    ) -> [UInt8] {
        AcknowledgmentWriter(context: context).reply(to: header, code: code, errors: errors, isDeferred: true)
    }

    /// Which codes are due, now and later.
    static func codes(
        for header: MessageHeader, _ outcome: AcknowledgmentOutcome
    ) -> (reply: AcknowledgmentCode?, deferred: AcknowledgmentCode?) {
        let accept = AcknowledgmentCondition(field: header.text(15))
        let application = AcknowledgmentCondition(field: header.text(16))
        guard accept != nil || application != nil else { return (outcome.applicationCode, nil) }
        let wantsApplication = application?.wants(outcome) ?? false
        guard accept?.wants(outcome) ?? false else {
            return (wantsApplication ? outcome.applicationCode : nil, nil)
        }
        // After CE or CR there is nothing left to acknowledge.
        return (outcome.acceptCode, outcome.isSuccess && wantsApplication ? .AA : nil)
    }
}

/// What a reply says of ourselves, given by the caller because this module has no clock and no configuration.
public struct AcknowledgmentContext: Sendable, Hashable {
    /// MSH-3 and MSH-4 where the request does not name us.
    public let application: String
    /// MSH-4 where the request does not name us.
    public let facility: String
    /// MSH-11 where the request cannot be read.
    public let processingID: String
    /// MSH-10 of the reply, unique among ours.
    public let messageControlID: String
    /// MSH-7 of the reply.
    public let time: DTM
    /// What kind of message an application acknowledgement is.
    public let replyType: ReplyType

    /// Names, an identifier and a time for one reply.
    public init(
        application: String, facility: String, processingID: String = "P", messageControlID: String, time: DTM,
        replyType: ReplyType = .acknowledgment
    ) {
        self.application = application
        self.facility = facility
        self.processingID = processingID
        self.messageControlID = messageControlID
        self.time = time
        self.replyType = replyType
    }
}
