import Mapping
import Workflow

/// Accepting: look up, decide, write, all in one transaction.
extension StoreTransaction {
    func findings(_ intake: Intake) throws -> IntakeFindings {
        let byKey = try orders(sharing: intake.keys)
        let byStudy = try intake.studyInstanceUID.map { try orders(ofStudy: $0) } ?? []
        return IntakeFindings(
            byKey: byKey, byStudy: byStudy.filter { row in !byKey.contains { $0.id == row.id } },
            replay: try replay(of: intake.message))
    }

    func write(_ decision: IntakeDecision, of intake: Intake, isReplay: Bool) throws {
        for order in decision.orders { try write(order) }
        for (order, keys) in decision.additionalKeys { try bind(keys, to: order) }
        for (order, study) in decision.studies { try link(study: study, to: order) }
        for order in decision.withdrawn { try withdraw(order, now: intake.message.received) }
        // A resend brings no new bytes.
        if !isReplay {
            let patients = decision.orders.flatMap { $0.content.order?.patient ?? [] }.compactMap(\.patientText)
            try add(
                intake.message, patients: patients, reply: decision.isReplayable ? decision.reply : nil, isKept: false)
        }
        _ = try append(decision.records)
    }
}
