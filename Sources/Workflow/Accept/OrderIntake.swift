import Audit
public import HL7v2
public import Mapping

/// What goes back on the connection a message came from.
public enum IntakeReply: Sendable, Equatable {
    /// Send these bytes; they were decided, and for a positive answer stored, before.
    case reply([UInt8])
    /// The sender asked for no answer.
    case silent
    /// Nothing could be stored: withhold the answer and close, so that the sender sends again.
    case withhold
}

/// Takes HL7 v2 messages: stored before acknowledged.
///
/// The order, the raw message and the audit leaf are in one durable commit before the reply leaves; a message that is
/// refused is kept and recorded too.
public struct OrderIntake: Sendable {
    let store: any OrderStore
    let source: MessageSource
    let routing: Routing
    let retraction: RetractionPolicy
    let names: GatewayNames
    let clock: any WallClock
    let trail: AuditTrail
    let refusals: (any RefusalGathering)?

    /// - Parameter refusals: Says how much of what is refused is kept and recorded one by one; `nil` keeps all.
    public init(
        store: any OrderStore, source: MessageSource, routing: Routing, retraction: RetractionPolicy = .keep,
        names: GatewayNames, clock: any WallClock, trail: AuditTrail, refusals: (any RefusalGathering)? = nil
    ) {
        self.store = store
        self.source = source
        self.routing = routing
        self.retraction = retraction
        self.names = names
        self.clock = clock
        self.trail = trail
        self.refusals = refusals
    }

    /// Receives one message or one batch (FHS, BHS) and tells what to answer, and how it was counted.
    ///
    /// - Parameter sender: Who is at the other end of the connection, where the transport knows.
    public func receive(
        _ bytes: [UInt8], from sender: MessageSenderIdentity? = nil
    ) async -> (reply: IntakeReply, outcome: String) {
        guard Batch.isBatch(bytes) else { return await receive(message: bytes, from: sender) }
        do {
            return try await receive(batch: bytes, from: sender)
        } catch {
            return (.withhold, "withheld")
        }
    }

    func receive(
        message bytes: [UInt8], from sender: MessageSenderIdentity?
    ) async -> (reply: IntakeReply, outcome: String) {
        var known: MessageHeader?
        do {
            let header: MessageHeader
            do {
                header = try MessageHeader(parsing: bytes)
            } catch {
                return try await refuseUnreadable(bytes, error, from: sender)
            }
            known = header
            if let place = source.binding?.violation(by: sender, header: header) {
                return try await refuseUnbound(bytes, header, at: place, from: sender)
            }
            return try await accept(evaluate(bytes, header: header), bytes: bytes, header: header, from: sender)
        } catch {
            guard error.category.passes, let known else { return (.withhold, "withheld") }
            return (declined(known), source.rejectsWhenBusy ? "busy" : "withheld")
        }
    }

    /// Whether a message of this outcome can have left work to do.
    public static func leavesWork(_ outcome: String) -> Bool { ["order", "patient", "batch"].contains(outcome) }

    /// The answer to a message that cannot be taken at this moment (full disk, overload): nothing is stored.
    public func declined(_ bytes: [UInt8]) -> IntakeReply {
        // The messages of a batch are answered one by one or not at all.
        guard !Batch.isBatch(bytes), let header = try? MessageHeader(parsing: bytes) else { return .withhold }
        return declined(header)
    }

    /// Keeps bytes that never became a message: junk, a truncated or oversized frame. There is no reply to them.
    public func keep(
        junk bytes: [UInt8], reason: String, from sender: MessageSenderIdentity? = nil
    ) async throws(AdapterError) {
        try await keep(bytes, header: nil, code: "mllp.\(reason)", from: sender)
    }

    /// Keeps bytes that are no message in the encoding they came in, and answers with what is wrong with them.
    public func refuse(
        _ bytes: [UInt8], _ error: HL7v2Error, from sender: MessageSenderIdentity? = nil
    ) async -> (reply: IntakeReply, outcome: String) {
        do {
            return try await refuseUnreadable(bytes, error, from: sender)
        } catch {
            return (.withhold, "withheld")
        }
    }

    // MARK: - Refusals that touch no order

    func refuseUnreadable(
        _ bytes: [UInt8], _ error: HL7v2Error, from sender: MessageSenderIdentity?
    ) async throws(AdapterError) -> (reply: IntakeReply, outcome: String) {
        try await keep(bytes, header: nil, code: "hl7.\(error.code.rawValue)", from: sender)
        return (reply(to: nil, AcknowledgmentOutcome(error)), "AR")
    }

    /// The sender's certificate or name is not one that this source is bound to.
    private func refuseUnbound(
        _ bytes: [UInt8], _ header: MessageHeader, at place: ErrorLocation, from sender: MessageSenderIdentity?
    ) async throws(AdapterError) -> (reply: IntakeReply, outcome: String) {
        try await keep(bytes, header: header, code: "sender.notBound", from: sender)
        let error = AcknowledgmentError(.tableValueNotFound, at: place, userText: "Sender not known on this connection")
        return (reply(to: header, .rejected([error])), "rejected")
    }

    /// Keeps what is refused, with its record in nobody's name: who sent it did not show that they are the source. Of
    /// one sender only so much is kept one by one; the rest is counted.
    func keep(
        _ bytes: [UInt8], header: MessageHeader?, code: String, from sender: MessageSenderIdentity?
    ) async throws(AdapterError) {
        if let refusals, await !refusals.keeps(refusalOf: source.name, from: sender?.address, code: code) { return }
        let message = received(bytes, header: nil)
        let facts = MessageFacts(
            source: source.name, role: .orderPlacer, isBound: false, sender: sender, message: message, header: header)
        try await store.keep(message, records: [trail.refused(facts, code: code)])
    }

    /// Most senders take AR for good, so that silence is the better answer where the source does not say otherwise.
    private func declined(_ header: MessageHeader) -> IntakeReply {
        guard source.rejectsWhenBusy else { return .withhold }
        let error = AcknowledgmentError(.applicationInternalError, userText: "Busy, send again later")
        return reply(to: header, .rejected([error]))
    }

    // MARK: - Accepting

    private func accept(
        _ evaluation: MessageEvaluation, bytes: [UInt8], header: MessageHeader, from sender: MessageSenderIdentity?
    ) async throws(AdapterError) -> (reply: IntakeReply, outcome: String) {
        let now = clock.now()
        let intake = Intake(
            message: received(bytes, header: header), keys: evaluation.keys, studies: evaluation.studies,
            patients: evaluation.patients, wantsOrdersOfPatients: evaluation.isAboutPatients)
        let context = context(at: now)
        // One commit follows the other: what can be done before is not done inside.
        let accepted = Acknowledgment.plan(for: header, outcome: .accepted, context: context)
        let facts = MessageFacts(
            source: source.name, role: .orderPlacer, sender: sender, message: intake.message, header: header
        ).answered(accepted.reply?.code)
        let rules = IntakeRules(message: facts, routing: routing, retraction: retraction, now: now, trail: trail)
        let followUp = deferred(accepted, to: header, context)
        let decision = try await store.accept(intake) { findings in
            if let replay = findings.replay {
                let record = trail.replayed(facts, orders: findings.orders, patients: evaluation.patients)
                return IntakeDecision(records: [record], reply: replay, label: "replayed")
            }
            var (decision, outcome) = rules.decide(evaluation, findings)
            guard outcome.isSuccess else {
                let answer = Acknowledgment.plan(for: header, outcome: outcome, context: context).reply
                decision.reply = answer?.bytes
                decision.tell(answer?.code)
                return decision
            }
            decision.reply = accepted.reply?.bytes
            decision.isReplayable = accepted.reply != nil
            decision.deferredReply = followUp?.correlated(with: decision.records.first?.correlation)
            return decision
        }
        return (decision.reply.map { .reply($0) } ?? .silent, decision.label)
    }

    /// What follows an accept acknowledgment as a message of its own, where the source says to where.
    private func deferred(
        _ plan: Acknowledgment.Plan, to header: MessageHeader, _ context: AcknowledgmentContext
    ) -> DeferredReply? {
        guard let code = plan.deferred, let destination = source.deferredDestination else { return nil }
        let own = AcknowledgmentContext(
            application: context.application, facility: context.facility, processingID: context.processingID,
            messageControlID: names.messageControlID(), time: context.time, replyType: context.replyType)
        return DeferredReply(
            destination: destination, message: Acknowledgment.deferred(to: header, code: code, context: own))
    }

    /// What the message is, before anything is looked up.
    private func evaluate(_ bytes: [UInt8], header: MessageHeader) -> MessageEvaluation {
        do {
            let message = try Message(parsing: bytes, options: source.options)
            let objections = header.objections(processingID: source.processingID)
            if let first = objections.first {
                return .refused(AcknowledgmentOutcome(objections), code: "hl7.\(first.code.rawValue)")
            }
            if let change = try source.mapping.patientChange(from: message) { return .patient(change) }
            let parts = OrderPart.parts(of: try source.mapping.orders(from: message), routing: routing)
            return parts.isEmpty ? .notOurs(reason: "noOrder") : .orders(parts)
        } catch let error as HL7v2Error {
            return .refused(AcknowledgmentOutcome(error), code: "hl7.\(error.code.rawValue)")
        } catch let error as MappingError {
            return .refused(.inError([AcknowledgmentError(error)]), code: "mapping.\(error.code.rawValue)")
        } catch {
            return .refused(
                .rejected([AcknowledgmentError(.applicationInternalError)]), code: "workflow.unexpected")
        }
    }

    func received(_ bytes: [UInt8], header: MessageHeader?) -> ReceivedMessage {
        let key = header.map { header in
            [3, 4, 10].map { String(decoding: header.fieldBytes($0), as: UTF8.self) }.joined(separator: "\u{1F}")
        }
        return ReceivedMessage(
            bytes: bytes, source: source.name, deduplicationKey: key, received: clock.now())
    }

    // MARK: - Replies

    func reply(to header: MessageHeader?, _ outcome: AcknowledgmentOutcome) -> IntakeReply {
        let plan = Acknowledgment.plan(for: header, outcome: outcome, context: context(at: clock.now()))
        return plan.reply.map { .reply($0.bytes) } ?? .silent
    }

    func context(at now: Timestamp) -> AcknowledgmentContext {
        AcknowledgmentContext(
            application: names.application, facility: names.facility, processingID: source.processingID,
            messageControlID: names.messageControlID(), time: DTM(epochMicroseconds: now.microseconds),
            replyType: source.replyType)
    }
}

extension IntakeDecision {
    /// Each record tells how the message was answered.
    fileprivate mutating func tell(_ code: AcknowledgmentCode?) {
        for index in records.indices {
            records[index].details[AuditDetail.acknowledgment.rawValue] = code?.rawValue
        }
    }
}

extension ErrorCategory {
    /// Whether trouble of this kind passes by itself.
    fileprivate var passes: Bool {
        switch self {
        case .busy, .unavailable, .interrupted: true
        case .conflict, .incorrect, .unsupported, .forbidden, .notFound, .fault: false
        }
    }
}

/// What our replies say of ourselves.
public struct GatewayNames: Sendable {
    public let application: String
    public let facility: String
    /// A new MSH-10, at most 20 characters.
    public let messageControlID: @Sendable () -> String

    public init(application: String, facility: String, messageControlID: @escaping @Sendable () -> String) {
        self.application = application
        self.facility = facility
        self.messageControlID = messageControlID
    }
}
