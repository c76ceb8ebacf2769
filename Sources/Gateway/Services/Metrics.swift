import DecodeWorker
import MLLP
import Synchronization
import Workflow

/// Counters of this process in the Prometheus text format; labels come from fixed sets only, never from messages.
final class Metrics: Sendable {
    private let counters = Mutex<[String: Int]>([:])
    private let decoders = Mutex<[WorkerFrameDecoder]>([])
    private let listeners = Mutex<[(source: String, listener: MLLPListener)]>([])

    /// Shows the counts of a listener from now on.
    func observe(_ listener: MLLPListener, source: String) {
        listeners.withLock { $0.append((source, listener)) }
    }

    /// Shows what becomes of a decoder's child processes from now on.
    func observe(_ decoder: WorkerFrameDecoder) {
        decoders.withLock { $0.append(decoder) }
    }

    /// Counts one event, such as `imaging_gateway_messages_total{code="AA"}`.
    func count(_ name: Name, label: String) {
        counters.withLock { $0["\(name.rawValue){\(name.labelName)=\"\(label)\"}", default: 0] += 1 }
    }

    /// Counts what a model said.
    func count(_ outcome: ModelOutcome) {
        let labels = "model=\"\(outcome.model)\",mode=\"\(outcome.mode.rawValue)\",outcome=\"\(outcome.outcome)\""
        counters.withLock { $0["\(Name.models.rawValue){\(labels)}", default: 0] += 1 }
    }

    /// Sets a gauge, such as `imaging_gateway_peer_up{peer="ehr"}`.
    func set(_ name: Name, label: String, to value: Int) {
        counters.withLock { $0["\(name.rawValue){\(name.labelName)=\"\(label)\"}"] = value }
    }

    /// What is counted.
    enum Name: String, CaseIterable {
        case messages = "imaging_gateway_messages_total"
        case refused = "imaging_gateway_refused_bytes_total"
        case refusedConnections = "imaging_gateway_refused_connections_total"
        case notices = "imaging_gateway_study_notices_total"
        case files = "imaging_gateway_feed_files_total"
        case results = "imaging_gateway_results_total"
        case models = "imaging_gateway_model_results_total"
        case replies = "imaging_gateway_deferred_replies_total"
        case reloads = "imaging_gateway_reloads_total"
        case failures = "imaging_gateway_failures_total"
        case access = "imaging_gateway_access_alarms_total"
        case peerUp = "imaging_gateway_peer_up"
        case auditPlaceUp = "imaging_gateway_audit_place_up"
        case auditPlaceLag = "imaging_gateway_audit_place_lag_records"
        case auditPlaceFailures = "imaging_gateway_audit_place_failures_total"
        case auditFeedLag = "imaging_gateway_audit_feed_lag_records"
        case auditFeedFailures = "imaging_gateway_audit_feed_failures_total"
        case auditClock = "imaging_gateway_audit_clock"

        var labelName: String {
            switch self {
            case .messages, .notices, .files, .results, .models, .replies, .reloads, .access: "outcome"
            case .refused: "reason"
            case .refusedConnections, .failures: "code"
            case .peerUp: "peer"
            case .auditPlaceUp, .auditPlaceLag, .auditPlaceFailures: "place"
            case .auditFeedLag, .auditFeedFailures: "feed"
            case .auditClock: "state"
            }
        }

        var help: String {
            switch self {
            case .messages: "HL7 v2 messages by outcome"
            case .refused: "Bytes that were no message, by reason"
            case .refusedConnections: "Connections and requests that were not let in, by code"
            case .notices: "Study notices by outcome"
            case .files: "Files of feeds by what became of them"
            case .results: "Result messages (ORU) sent, by outcome"
            case .models: "What models made of studies, counted once it is stored, by model, mode and outcome"
            case .replies: "Application acknowledgments sent later, by outcome"
            case .reloads: "Mapping and TLS files read again, by outcome"
            case .access: "Commands that overrode the lists of access (emergency), or were refused by them"
            case .failures: "Failures of the gateway's own services by code"
            case .peerUp: "1 while a peer answers, 0 while it is given a pause"
            case .auditPlaceUp: "1 while a place outside takes checkpoints"
            case .auditPlaceLag: "Leaves of the audit log that no checkpoint at the place covers"
            case .auditPlaceFailures: "Tries to bring a checkpoint to a place that failed"
            case .auditFeedLag: "Leaves of the audit log that a repository has not got yet"
            case .auditFeedFailures: "Tries to send records to a repository that failed"
            case .auditClock: "1 for the state of the machine's clock as the kernel tells it"
            }
        }

        var type: String {
            switch self {
            case .peerUp, .auditPlaceUp, .auditPlaceLag, .auditFeedLag, .auditClock: "gauge"
            default: "counter"
            }
        }
    }

    /// The exposition; `counts` is missing when the store cannot be read.
    func render(_ counts: StoreCounts?, exports: ExportCounts? = nil) -> String {
        var lines: [String] = []
        let samples = counters.withLock { $0 }
        for name in Name.allCases {
            lines.append("# HELP \(name.rawValue) \(name.help)")
            lines.append("# TYPE \(name.rawValue) \(name.type)")
            lines += samples.filter { $0.key.hasPrefix("\(name.rawValue){") }.sorted { $0.key < $1.key }
                .map { "\($0.key) \($0.value)" }
        }
        lines += connections()
        lines += decoding()
        lines += gauge("imaging_gateway_store_readable", "1 when the store answers", [("", counts == nil ? 0 : 1)])
        lines += exports.map(gauges) ?? []
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

    private func gauges(_ counts: ExportCounts) -> [String] {
        gauge(
            "imaging_gateway_exports", "Copies for research by state",
            ExportJob.State.allCases.map { ("{state=\"\($0.rawValue)\"}", counts.exports[$0] ?? 0) })
            + gauge(
                "imaging_gateway_exports_oldest_pending_seconds",
                "Since when the oldest copy that is not sent yet waits, in seconds since 1970; 0 for none",
                [("", Int((counts.oldestPending?.microseconds ?? 0) / 1_000_000))])
    }

    /// What the MLLP listeners count themselves; two listeners of one source are added up.
    private func connections() -> [String] {
        var counts: [String: [String: Int]] = [:]
        for (source, listener) in listeners.withLock({ $0 }) {
            let counted = listener.counters
            for (event, count) in [
                ("accepted", counted.acceptedConnections), ("refused", counted.refusedConnections),
                ("idle", counted.idleConnections), ("withoutCarriageReturn", counted.framesWithoutCarriageReturn),
                ("undeliverable", counted.undeliverableReplies), ("withheld", counted.withheldReplies),
            ] {
                counts[source, default: [:]][event, default: 0] += count
            }
            counts[source, default: [:]]["open", default: 0] += counted.openConnections
        }
        guard !counts.isEmpty else { return [] }
        let sources = counts.sorted { $0.key < $1.key }
        return gauge(
            "imaging_gateway_mllp_connections", "Open MLLP connections by source",
            sources.map { ("{source=\"\($0.key)\"}", $0.value["open"] ?? 0) })
            + ["# HELP \(Self.eventsName) What happened on MLLP connections", "# TYPE \(Self.eventsName) counter"]
            + sources.flatMap { source, events in
                events.filter { $0.key != "open" }.sorted { $0.key < $1.key }.map {
                    "\(Self.eventsName){source=\"\(source)\",event=\"\($0.key)\"} \($0.value)"
                }
            }
    }

    /// What became of the processes that decode images.
    private func decoding() -> [String] {
        let counts = decoders.withLock { $0.map(\.counts) }
        guard !counts.isEmpty else { return [] }
        let events = [("started", \WorkerCounts.started), ("crashed", \.crashed), ("timedOut", \.timedOut)]
        return [
            "# HELP \(Self.decodersName) Processes that decode images, by what became of them",
            "# TYPE \(Self.decodersName) counter",
        ]
            + events.map { event, path in
                "\(Self.decodersName){event=\"\(event)\"} \(counts.reduce(0) { $0 + $1[keyPath: path] })"
            }
    }

    private static let decodersName = "imaging_gateway_decoders_total"
    private static let eventsName = "imaging_gateway_mllp_events_total"

    private func gauge(_ name: String, _ help: String, _ samples: [(String, Int)]) -> [String] {
        ["# HELP \(name) \(help)", "# TYPE \(name) gauge"] + samples.map { "\(name)\($0.0) \($0.1)" }
    }
}
