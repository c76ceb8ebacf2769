import DICOM
public import HL7v2
public import Mapping

/// One sender of HL7 v2 messages, as configured.
public struct MessageSource: Sendable {
    public let name: String
    public let mapping: OrderMapping
    public let options: MessageOptions
    /// The only MSH-11 that is accepted.
    public let processingID: String

    public init(name: String, mapping: OrderMapping, options: MessageOptions, processingID: String) {
        self.name = name
        self.mapping = mapping
        self.options = options
        self.processingID = processingID
    }
}

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
    let names: GatewayNames
    let clock: any WallClock
    let trail: AuditTrail

    public init(
        store: any OrderStore, source: MessageSource, routing: Routing, names: GatewayNames, clock: any WallClock,
        trail: AuditTrail
    ) {
        self.store = store
        self.source = source
        self.routing = routing
        self.names = names
        self.clock = clock
        self.trail = trail
    }

    /// Receives one message and tells what to answer, and how it was counted.
    public func receive(_ bytes: [UInt8]) async -> (reply: IntakeReply, outcome: String) {
        do {
            let header: MessageHeader
            do {
                header = try MessageHeader(parsing: bytes)
            } catch {
                return try await refuseUnreadable(bytes, error)
            }
            return try await accept(evaluate(bytes, header: header), bytes: bytes, header: header)
        } catch {
            return (.withhold, "withheld")
        }
    }

    /// Keeps bytes that never became a message: junk, a truncated or oversized frame. There is no reply to them.
    public func keep(junk bytes: [UInt8], reason: String) async throws(AdapterError) {
        let message = received(bytes, header: nil)
        try await store.keep(message, records: [trail.refused(source: source.name, code: "mllp.\(reason)")])
    }

    private func refuseUnreadable(
        _ bytes: [UInt8], _ error: HL7v2Error
    ) async throws(AdapterError) -> (reply: IntakeReply, outcome: String) {
        let record = trail.refused(source: source.name, code: "hl7.\(error.code.rawValue)")
        try await store.keep(received(bytes, header: nil), records: [record])
        return (reply(to: nil, AcknowledgmentOutcome(error)), "AR")
    }

    private func accept(
        _ evaluation: Evaluation, bytes: [UInt8], header: MessageHeader
    ) async throws(AdapterError) -> (reply: IntakeReply, outcome: String) {
        let now = clock.now()
        let intake = Intake(
            message: received(bytes, header: header), keys: evaluation.keys,
            studyInstanceUID: evaluation.order?.studyInstanceUID?.value)
        let rules = IntakeRules(source: source.name, now: now, trail: trail)
        let context = context(at: now)
        let decision = try await store.accept(intake) { findings in
            if let replay = findings.replay {
                return IntakeDecision(records: [trail.replayed(source: source.name)], reply: replay)
            }
            let evaluation = evaluation.judged(by: findings)
            var decision = rules.decide(evaluation, findings)
            let plan = Acknowledgment.plan(for: header, outcome: evaluation.acknowledgment, context: context)
            decision.reply = plan.reply?.bytes
            decision.isReplayable = evaluation.acknowledgment.isSuccess && plan.reply != nil
            return decision
        }
        return (decision.reply.map { .reply($0) } ?? .silent, evaluation.label)
    }

    /// What the message is, before anything is looked up.
    private func evaluate(_ bytes: [UInt8], header: MessageHeader) -> Evaluation {
        do {
            let message = try Message(parsing: bytes, options: source.options)
            let objections = header.objections(processingID: source.processingID)
            if let first = objections.first {
                return .refused(AcknowledgmentOutcome(objections), code: "hl7.\(first.code.rawValue)")
            }
            return try evaluate(message)
        } catch let error as HL7v2Error {
            return .refused(AcknowledgmentOutcome(error), code: "hl7.\(error.code.rawValue)")
        } catch let error as MappingError {
            return .refused(.inError([AcknowledgmentError(error)]), code: "mapping.\(error.code.rawValue)")
        } catch {
            return .refused(
                .rejected([AcknowledgmentError(.applicationInternalError)]), code: "workflow.unexpected")
        }
    }

    /// An order for a model stands alone in its message; several of which none is ours are counted together.
    private func evaluate(_ message: Message) throws(MappingError) -> Evaluation {
        let candidates = try source.mapping.orders(from: message)
            .filter { $0.order.orderControl.action != .conversation }
        guard let first = candidates.first else { return .notOurs(reason: "noOrder") }
        for candidate in candidates {
            guard case .model = routing.route(candidate.order) else { continue }
            guard let problem = candidate.problems.first else { return .order(candidate.order) }
            return .refused(.inError(candidate.errors), code: "mapping.\(problem.kind.rawValue)")
        }
        guard candidates.count == 1 else { return .several(candidates) }
        guard case .notApplicable(let reason) = routing.route(first.order) else { return .order(first.order) }
        return .unrouted(first.order, reason: reason)
    }

    private func received(_ bytes: [UInt8], header: MessageHeader?) -> ReceivedMessage {
        let key = header.map { header in
            [3, 4, 10].map { String(decoding: header.fieldBytes($0), as: UTF8.self) }.joined(separator: "\u{1F}")
        }
        return ReceivedMessage(
            bytes: bytes, source: source.name, deduplicationKey: key, received: clock.now())
    }

    private func reply(to header: MessageHeader?, _ outcome: AcknowledgmentOutcome) -> IntakeReply {
        let plan = Acknowledgment.plan(for: header, outcome: outcome, context: context(at: clock.now()))
        return plan.reply.map { .reply($0.bytes) } ?? .silent
    }

    private func context(at now: Timestamp) -> AcknowledgmentContext {
        AcknowledgmentContext(
            application: names.application, facility: names.facility, processingID: source.processingID,
            messageControlID: names.messageControlID(), time: DTM(epochMicroseconds: now.microseconds))
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
