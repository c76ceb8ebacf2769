import Audit
import FHIR
import Persistence

/// The life of one order as the audit log tells it: nothing here is measured by the demonstration itself.
struct OrderTimeline {
    struct Line {
        /// Seconds since the order's first record.
        let start: Double
        /// How long the access took; nil for what stands alone.
        let duration: Double?
        let words: String
        /// The same in a word or two.
        let short: String
        /// The stable code behind it.
        let code: String?
        let isFailure: Bool
    }

    let lines: [Line]

    /// From the log's entries about one order, in their order. What operators looked at is left out.
    init(_ entries: [AuditEntry]) {
        let records = entries.compactMap { entry in entry.record.map { (entry.index, $0) } }
        guard let first = records.first?.1.time.microsecondsSinceEpoch else {
            lines = []
            return
        }
        func seconds(_ record: AuditRecord) -> Double {
            Double(record.time.microsecondsSinceEpoch - first) / 1e6
        }
        var begun: [UInt64: Double] = [:]
        var lines: [Line] = []
        for (index, record) in records {
            switch record.phase {
            case .intent: begun[index] = seconds(record)
            case .outcome(of: let intent):
                guard let words = Self.words(record) else { continue }
                let start = begun[intent] ?? seconds(record)
                lines.append(
                    Line(
                        start: start, duration: seconds(record) - start, words: words.full, short: words.short,
                        code: record.code, isFailure: record.outcome != .success))
            case .single:
                guard let words = Self.words(record) else { continue }
                lines.append(
                    Line(
                        start: seconds(record), duration: nil, words: words.full, short: words.short,
                        code: record.code, isFailure: record.outcome != .success))
            }
        }
        self.lines = lines
    }

    /// What a record means to a reader, in full and in a word or two; nil for what tells nothing about the order's way.
    private static func words(_ record: AuditRecord) -> (full: String, short: String)? {
        let peer = record.peer.map { " (\($0.name))" } ?? ""
        switch record.event {
        case .orderAccepted:
            guard let state = record.details["state"], state != "accepted" else {
                return ("order stored, then acknowledged\(peer)", "stored")
            }
            return ("message stored, then acknowledged: the order is now \(state)\(peer)", state)
        case .orderNotApplicable:
            return ("acknowledged: no model is for this order, nothing is fetched\(peer)", "not applicable")
        case .studyNotice: return ("the EHR announced the study", "announced")
        case .studyQuery: return ("archive asked for the study, QIDO-RS\(peer)", "asked archive")
        case .patientRead: return ("patient and order read in the EHR\(peer)", "read EHR")
        case .imagingStudyRead: return ("announced study read in the EHR\(peer)", "read study")
        case .studyMatch: return ("order, images and patient compared", "matched")
        case .studyRetrieve: return ("images retrieved into sealed scratch, WADO-RS\(peer)", "retrieved")
        case .studyDeidentify: return ("images de-identified and checked", "de-identified")
        case .classify: return ("model looked at the de-identified images", "classified")
        case .reportCompose: return ("report composed", "composed")
        case .reportPost: return ("report posted\(peer)", "posted")
        case .reportRead: return ("EHR's copy read and compared\(peer)", "compared")
        case .orderRetry: return ("an operator asked for another run", "retry")
        case .orderResolve: return ("an operator closed the order", "closed")
        case .orderState:
            if let state = record.details["to"] { return ("state is now \(state)", "→ \(state)") }
            return record.details["outbox"].map { ("report is \($0)", "report \($0)") }
        default: return nil
        }
    }
}
