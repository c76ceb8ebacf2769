import Audit
import Foundation
import HL7v2
import Mapping
import Workflow

/// Reads messages as a source of the gateway would, and tells what it read and what it would answer. Nothing is stored
/// or sent; the reply is made by the code that `serve` runs. The mapping files are read once.
public struct MessageTrial: Sendable {
    private let configuration: Configuration
    /// Whether the assigners that a message names are taken as known.
    private let isPermissive: Bool
    private let routing: Routing
    private let source: MessageSource
    private let section: SourceSection

    /// As the source of a configuration; the one there is, or the one named.
    ///
    /// - Parameter mappings: Another folder than the one that the configuration names.
    public init(
        _ configuration: Configuration, source: String?, mappings: String? = nil
    ) throws(ConfigurationError) {
        let names = configuration.sources.map(\.name)
        guard let name = source ?? (names.count == 1 ? names.first : nil), names.contains(name) else {
            let known = names.joined(separator: ", ")
            throw ConfigurationError(
                .invalidValue, at: "sources",
                source == nil ? "there are several sources, say which with --source: \(known)" : "known are: \(known)")
        }
        var configuration = configuration
        if let mappings { configuration.mappings = mappings }
        configuration.sources.removeAll { $0.name != name }
        try self.init(configuration, isPermissive: false)
    }

    /// Without a configuration: every assigner that a message names is taken as known, and its own processing ID and
    /// the zone of its MSH-7 (else UTC) as agreed.
    public init(mappings: String, mapping: String) throws(ConfigurationError) {
        let source = SourceSection(
            name: "test", mapping: mapping, timeZone: "Z", characterSet: nil, defaultAssigner: MessageAssigners.none,
            processingID: "P")
        let configuration = Configuration(
            data: "", keys: "", mappings: mappings, models: [], checkpoints: [], delivery: .shadow, assigners: [],
            listeners: ListenersSection(mllp: [], fhir: nil, admin: nil), sources: [source],
            ehr: EHRSection(
                base: "", auth: .none, tls: nil, defaultAssigner: nil, organization: nil, maxPictureBytes: 0),
            archives: [], waiting: WaitingSection(), retry: RetrySection(), limits: LimitsSection(), digest: "")
        try self.init(configuration, isPermissive: true)
    }

    private init(_ configuration: Configuration, isPermissive: Bool) throws(ConfigurationError) {
        let mappings = try Mappings(
            configuration, assigners: try configuration.assignerDirectory(), assignersAreChecked: !isPermissive,
            models: isPermissive ? nil : try configuration.loadedModels().map(\.rule))
        guard let section = configuration.sources.first, let source = mappings.sources[section.name] else {
            throw ConfigurationError(.invalidValue, at: "sources", "there is no source of this name")
        }
        self.configuration = configuration
        self.isPermissive = isPermissive
        self.section = section
        self.source = source
        routing = mappings.routing
    }

    /// A short digest of the mapping files that read the messages.
    public var mappingVersion: String? { source.mapping.version }

    /// What the gateway would read and answer.
    public func run(_ bytes: [UInt8]) async throws(ConfigurationError) -> MessageReading {
        let header = try? MessageHeader(parsing: bytes)
        let source = try source(for: bytes)
        let store = DryStore()
        let clock = SystemClock()
        let intake = OrderIntake(
            store: store, source: source, routing: routing,
            names: GatewayNames(application: "IMGATEWAY", facility: "IMGATEWAY") { "TEST" }, clock: clock,
            trail: AuditTrail(store: store, clock: clock, principal: Principal(kind: .user, name: "map test")))
        let (reply, outcome) = await intake.receive(bytes)
        var reading = MessageReading(header: header, reply: reply, outcome: outcome, state: store.states.first)
        reading.mappingVersion = source.mapping.version
        guard let message = try? Message(parsing: bytes, options: source.options) else { return reading }
        reading.patientChange = (try? source.mapping.patientChange(from: message)).flatMap { $0 }
            .map(PatientChangeReading.init)
        guard let candidates = try? source.mapping.orders(from: message) else { return reading }
        let views = (try? source.mapping.views(of: message)) ?? []
        reading.orders = candidates.enumerated().map { index, candidate in
            OrderReading(
                candidate, of: message, routing: routing, view: views.indices.contains(index) ? views[index] : nil)
        }
        return reading
    }

    /// The source as configured; without a configuration, one that knows what the message names.
    private func source(for bytes: [UInt8]) throws(ConfigurationError) -> MessageSource {
        guard isPermissive else { return unbound(source.mapping, section) }
        var configuration = configuration
        var section = section
        let message = try? Message(parsing: bytes)
        configuration.assigners = MessageAssigners.sections(
            of: message, configured: source.mapping.namedAssigners)
        if let said = message?.header.processingID, !said.isEmpty { section.processingID = said }
        let assigners = try configuration.assignerDirectory()
        let sender = OrderSender(
            name: section.name, assigners: assigners,
            defaultAssigner: section.defaultAssigner.flatMap(assigners.assigner(named:)), timeZone: nil)
        return unbound(source.mapping.sent(by: sender), section)
    }

    /// A file shows no certificate, so that the binding of a source to its sender is left out.
    private func unbound(_ mapping: OrderMapping, _ section: SourceSection) -> MessageSource {
        var section = section
        section.certificates = []
        return MessageSource(section, mapping: mapping, options: source.options)
    }
}
