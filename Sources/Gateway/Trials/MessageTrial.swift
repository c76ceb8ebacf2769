import Audit
import Foundation
import HL7v2
import Mapping
import Workflow

/// Reads messages as a source of the gateway would, and tells what it read and what it would answer. Nothing is stored
/// or sent; the reply is made by the code that `serve` runs.
public struct MessageTrial: Sendable {
    private let configuration: Configuration
    private let sourceName: String
    /// Whether the assigners that a message names are taken as known.
    private let isPermissive: Bool

    /// As the source of a configuration; the one there is, or the one named.
    public init(_ configuration: Configuration, source: String?) throws(ConfigurationError) {
        let names = configuration.sources.map(\.name)
        guard let name = source ?? (names.count == 1 ? names.first : nil), names.contains(name) else {
            let known = names.joined(separator: ", ")
            throw ConfigurationError(
                .invalidValue, at: "sources",
                source == nil ? "there are several sources, say which with --source: \(known)" : "known are: \(known)")
        }
        self.configuration = configuration
        sourceName = name
        isPermissive = false
        _ = try rules(for: nil)
    }

    /// Without a configuration: every assigner that a message names is taken as known, and its own processing ID and
    /// UTC as agreed.
    public init(mappings: String, mapping: String) throws(ConfigurationError) {
        let source = SourceSection(
            name: "test", mapping: mapping, timeZone: "Z", characterSet: nil, defaultAssigner: "none", processingID: "P"
        )
        configuration = Configuration(
            data: "", keys: "", mappings: mappings, models: [], checkpoints: [], delivery: .shadow, assigners: [],
            listeners: ListenersSection(mllp: [], fhir: nil, admin: nil), sources: [source],
            ehr: EHRSection(
                base: "", auth: .none, tls: nil, defaultAssigner: nil, organization: nil, maxPictureBytes: 0),
            archives: [], waiting: WaitingSection(), retry: RetrySection(), limits: LimitsSection(), digest: "")
        sourceName = "test"
        isPermissive = true
        _ = try rules(for: nil)
    }

    /// What the gateway would read and answer.
    public func run(_ bytes: [UInt8]) async throws(ConfigurationError) -> MessageReading {
        let header = try? MessageHeader(parsing: bytes)
        let (source, routing) = try rules(for: bytes)
        let store = DryStore()
        let clock = SystemClock()
        let intake = OrderIntake(
            store: store, source: source, routing: routing,
            names: GatewayNames(application: "IMGATEWAY", facility: "IMGATEWAY") { "TEST" }, clock: clock,
            trail: AuditTrail(store: store, clock: clock, principal: Principal(kind: .user, name: "map test")))
        let (reply, outcome) = await intake.receive(bytes)
        var reading = MessageReading(header: header, reply: reply, outcome: outcome, state: store.state)
        guard let message = try? Message(parsing: bytes, options: source.options),
            let candidates = try? source.mapping.orders(from: message)
        else { return reading }
        reading.orders = candidates.map { OrderReading($0, of: message, routing: routing) }
        return reading
    }

    private func rules(for bytes: [UInt8]?) throws(ConfigurationError) -> (MessageSource, Routing) {
        var configuration = configuration
        if isPermissive {
            let message = bytes.flatMap { try? Message(parsing: $0) }
            configuration.assigners = Self.assigners(of: message)
            if let said = message?.header.processingID, !said.isEmpty { configuration.sources[0].processingID = said }
        }
        let mappings = try Mappings(configuration, assigners: try configuration.assignerDirectory())
        guard let source = mappings.sources[sourceName] else {
            throw ConfigurationError(.invalidValue, at: "sources", "there is no source of this name")
        }
        return (source, mappings.routing)
    }

    // MARK: - Without a configuration

    /// Where messages name who assigned an identifier: namespace, universal ID.
    private static let places = [
        ("PID-3", true), ("ORC-2", false), ("ORC-3", false), ("ORC-4", false), ("OBR-2", false), ("OBR-3", false),
        ("IPC-1", false), ("OBR-18", false), ("OBR-19", false), ("OBR-20", false),
    ]

    private static func assigners(of message: Message?) -> [AssignerSection] {
        var names = ["none": "none"]
        for (place, isCX) in places {
            guard let message, let path = try? FieldPath(parsing: place) else { continue }
            for occurrence in 1...max(message.count(of: path.segment), 1) {
                let field = path.with(segmentOccurrence: occurrence)
                for repetition in 1...max(message.repetitionCount(at: field), 1) {
                    let one = field.with(repetition: repetition)
                    let parts =
                        isCX
                        ? [one.with(component: 4, subcomponent: 1), one.with(component: 4, subcomponent: 2)]
                        : [one.with(component: 2), one.with(component: 3)]
                    let said = parts.compactMap { message.value(at: $0) }.filter { !$0.isEmpty }
                    // A namespace with its universal ID is one assigner, known by either.
                    guard let name = said.first else { continue }
                    for part in said where names[part] == nil { names[part] = names[name] ?? name }
                }
            }
        }
        return Dictionary(grouping: names.keys) { names[$0] ?? $0 }.sorted { $0.key < $1.key }.map { name, hl7 in
            AssignerSection(name: plain(name), hl7: hl7.filter { $0 != "none" }.sorted(), fhir: nil, dicom: [])
        }
    }

    /// Assigners' names have letters, digits, `.`, `_` and `-` only.
    private static func plain(_ text: String) -> String {
        let kept = text.unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains(scalar))
                ? scalar : "_"
        }
        return String(String.UnicodeScalarView(kept.prefix(64)))
    }
}
