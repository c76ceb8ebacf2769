import HL7v2

extension OrderIntake {
    /// Receives a batch (HL7 v2.5.1 §2.10.3): each message is accepted by itself, in order, and the reply is the batch
    /// of their replies.
    ///
    /// Safe to send again as a whole: what was accepted is answered as before, the rest is evaluated afresh. A batch
    /// whose trailers are missing or count otherwise was cut off or mixed up: none of its messages is taken.
    func receive(
        batch bytes: [UInt8], from sender: MessageSenderIdentity?
    ) async throws(AdapterError) -> (reply: IntakeReply, outcome: String) {
        let batch: Batch
        do {
            batch = try Batch(parsing: bytes, limits: source.options.limits)
        } catch {
            return try await refuseUnreadable(bytes, error, from: sender)
        }
        guard batch.objections.isEmpty else { return try await refuse(batch, from: sender) }
        var replies: [[UInt8]?] = []
        for message in batch.messages {
            switch await receive(message: message, from: sender).reply {
            case .reply(let reply): replies.append(reply)
            case .silent: replies.append(nil)
            case .withhold: return (.withhold, "withheld")
            }
        }
        return (answer(batch, replies), "batch")
    }

    private func refuse(
        _ batch: Batch, from sender: MessageSenderIdentity?
    ) async throws(AdapterError) -> (reply: IntakeReply, outcome: String) {
        try await keep(batch.bytes, header: nil, code: "hl7.\(batch.objections[0].code.rawValue)", from: sender)
        let outcome = AcknowledgmentOutcome(batch.objections)
        let replies = batch.messages.map { message -> [UInt8]? in
            guard case .reply(let reply) = reply(to: try? MessageHeader(parsing: message), outcome) else { return nil }
            return reply
        }
        return (answer(batch, replies), outcome.label)
    }

    private func answer(_ batch: Batch, _ replies: [[UInt8]?]) -> IntakeReply {
        guard replies.contains(where: { $0 != nil }) || batch.messages.isEmpty else { return .silent }
        return .reply(batch.reply(replies, context: context(at: clock.now())))
    }
}
