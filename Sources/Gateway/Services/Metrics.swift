import Synchronization
import Workflow

/// Counters of this process in the Prometheus text format; labels come from fixed sets only, never from messages.
final class Metrics: Sendable {
    private let counters = Mutex<[String: Int]>([:])

    /// Counts one event, such as `imaging_gateway_messages_total{code="AA"}`.
    func count(_ name: Name, label: String) {
        counters.withLock { $0["\(name.rawValue){\(name.labelName)=\"\(label)\"}", default: 0] += 1 }
    }

    /// Sets a gauge, such as `imaging_gateway_peer_up{peer="ehr"}`.
    func set(_ name: Name, label: String, to value: Int) {
        counters.withLock { $0["\(name.rawValue){\(name.labelName)=\"\(label)\"}"] = value }
    }

    /// What is counted.
    enum Name: String, CaseIterable {
        case messages = "imaging_gateway_messages_total"
        case refused = "imaging_gateway_refused_bytes_total"
        case notices = "imaging_gateway_study_notices_total"
        case failures = "imaging_gateway_failures_total"
        case peerUp = "imaging_gateway_peer_up"

        var labelName: String {
            switch self {
            case .messages: "outcome"
            case .refused: "reason"
            case .notices: "outcome"
            case .failures: "code"
            case .peerUp: "peer"
            }
        }

        var help: String {
            switch self {
            case .messages: "HL7 v2 messages by outcome"
            case .refused: "Bytes that were no message, by reason"
            case .notices: "Study notices by outcome"
            case .failures: "Failures of the gateway's own services by code"
            case .peerUp: "1 while a peer answers, 0 while it is given a pause"
            }
        }

        var type: String {
            switch self {
            case .messages, .refused, .notices, .failures: "counter"
            case .peerUp: "gauge"
            }
        }
    }

    /// The exposition; `counts` is missing when the store cannot be read.
    func render(_ counts: StoreCounts?) -> String {
        var lines: [String] = []
        let samples = counters.withLock { $0 }
        for name in Name.allCases {
            lines.append("# HELP \(name.rawValue) \(name.help)")
            lines.append("# TYPE \(name.rawValue) \(name.type)")
            lines += samples.filter { $0.key.hasPrefix("\(name.rawValue){") }.sorted { $0.key < $1.key }
                .map { "\($0.key) \($0.value)" }
        }
        lines += gauge("imaging_gateway_store_readable", "1 when the store answers", [("", counts == nil ? 0 : 1)])
        guard let counts else { return lines.joined(separator: "\n") + "\n" }
        lines += gauge(
            "imaging_gateway_orders", "Orders by state",
            OrderState.allCases.map { ("{state=\"\($0.rawValue)\"}", counts.orders[$0] ?? 0) })
        lines += gauge(
            "imaging_gateway_outbox", "Outbox entries by state",
            OutboxEntry.State.allCases.map { ("{state=\"\($0.rawValue)\"}", counts.outbox[$0] ?? 0) })
        lines += gauge("imaging_gateway_audit_leaves", "Leaves of the audit log", [("", Int(counts.leaves))])
        return lines.joined(separator: "\n") + "\n"
    }

    private func gauge(_ name: String, _ help: String, _ samples: [(String, Int)]) -> [String] {
        ["# HELP \(name) \(help)", "# TYPE \(name) gauge"] + samples.map { "\(name)\($0.0) \($0.1)" }
    }
}
