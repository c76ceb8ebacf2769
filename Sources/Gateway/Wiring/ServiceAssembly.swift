import Audit
import Deidentification
import Logging
import MLLP
import Mapping
import NIOSSL
import Persistence
import Sealing
import ServiceLifecycle
import UnixSignals
import Workflow

/// Puts together everything that runs while the gateway serves.
struct ServiceAssembly {
    let configuration: Configuration
    let parts: Parts
    let installation: Installation
    let trail: AuditTrail
    let audit: AuditAssembly
    let clock: any WallClock
    let signal: WorkSignal
    let metrics: Metrics
    let refusals: RefusalLog
    let inUse: FilesInUse
    let hangups: UnixSignalsSequence
    let logger: Logger
    /// Shared by all work loops.
    let inHand = WorkInHand()

    /// In the order of starting; they stop in the reverse order.
    func services() throws -> [any Service] {
        let replyClients = replyClients()
        var services: [any Service] = audit.services
        services += [
            EmergencyWatch(store: installation.store, clock: clock, metrics: metrics, logger: logger),
            Ticker(signal: signal, clock: clock, interval: .seconds(1)),
            PeerMonitor(
                clients: parts.clients + parts.research.clients, store: installation.store, clock: clock,
                metrics: metrics, logger: logger),
        ]
        if let admin = configuration.listeners.admin {
            services.append(
                AdminListener(
                    endpoint: admin, store: installation.store, freeSpace: freeSpace, metrics: metrics, logger: logger,
                    audit: (audit.placeStandings, audit.feedStandings), exports: exportCounts
                ).application())
        }
        services += parts.results.map { MLLPClientService(client: $0.client) }
        services += replyClients.values.map { MLLPClientService(client: $0) }
        services += work(replyClients)
        let mllp = try mllpListeners()
        services.append(
            RefusalService(refusals: refusals, listeners: mllp.map { ($0.name, $0.listener) }, clock: clock))
        for service in mllp { services.append(service) }
        services += try listeners(mllp)
        return services
    }

    // MARK: - Work

    private func work(_ replyClients: [String: MLLPClient]) -> [any Service] {
        var services: [any Service] = []
        if configuration.delivery == .on {
            let deliverer = Deliverer(
                store: installation.store, ehr: parts.ehr,
                destinations: parts.results.map { receiver in
                    destination(receiver.settings.name, .result, receiver.client)
                }, retry: configuration.retryPolicy, clock: clock, trail: trail)
            // One loop for each destination, so that one that is away holds up no other.
            for lane in Deliverer.lanes(for: configuration.results.map(\.name)) {
                services.append(
                    loop("deliver \(lane.words)") { () async throws(AdapterError) in
                        try await deliverer.deliverOne(lane)
                    })
            }
        }
        if !replyClients.isEmpty {
            let deliverer = ReplyDeliverer(
                store: installation.store,
                destinations: replyClients.map { name, client in
                    destination(name, .acknowledgment, client)
                }, retry: configuration.retryPolicy, clock: clock, trail: trail)
            services.append(loop("reply") { () async throws(AdapterError) in try await deliverer.deliverOne() })
        }
        let worker = parts.worker(
            configuration, installation: installation, trail: trail, clock: clock,
            observed: { [metrics] in metrics.count($0) }, committed: { [signal] in signal.notify() })
        for number in 1...configuration.limits.workers {
            services.append(
                loop("work \(number)") { [signal] () async throws(AdapterError) in
                    let worked = try await worker.runOne()
                    // What was just composed is for the deliverer.
                    if worked { signal.notify() }
                    return worked
                })
        }
        return services + exports(worker)
    }

    // MARK: - Copies for research

    private var exportCounts: (@Sendable () async -> ExportCounts?)? {
        guard !parts.research.archives.isEmpty else { return nil }
        return { [store = installation.store] in try? await store.exportCounts() }
    }

    /// One loop for each archive, apart from the clinical ones: it neither counts among what they have in hand nor ends
    /// their leases.
    private func exports(_ clinical: OrderWorker) -> [any Service] {
        guard !parts.research.archives.isEmpty else { return [] }
        let store = installation.store
        let loops = parts.research.archives.map { archive in
            let worker = ExportWorker(
                store: store, archive: archive, clinical: clinical, pseudonyms: installation.keys.pseudonyms,
                keys: installation.keys, pixels: PixelReader(decoder: parts.decoder, detector: parts.decoder),
                retry: configuration.retryPolicy, clock: clock, trail: trail)
            return WorkLoop(
                name: "export \(archive.name)", wakes: signal.subscribe(), metrics: metrics, logger: logger,
                inHand: WorkInHand(),
                recover: { () async throws(AdapterError) in try await store.endExportLeases(to: archive.name) },
                step: { () async throws(AdapterError) in
                    try await atLowPriority { () async throws(AdapterError) in try await worker.exportOne() }
                })
        }
        return loops + [ExportMonitor(store: store, clock: clock, logger: logger)]
    }

    private func loop(
        _ name: String, step: @escaping @Sendable () async throws(AdapterError) -> Bool
    ) -> WorkLoop {
        let store = installation.store
        return WorkLoop(
            name: name, wakes: signal.subscribe(), metrics: metrics, logger: logger, inHand: inHand,
            recover: { () async throws(AdapterError) in try await store.endClinicalLeases() }, step: step)
    }

    private func destination(
        _ name: String, _ content: MLLPResultDestination.Content, _ client: MLLPClient
    ) -> MLLPResultDestination {
        // As `check` calls them.
        let peer = content == .result ? name : "\(name)-acknowledgments"
        let section = content == .result ? configuration.results.first { $0.name == name } : nil
        return MLLPResultDestination(
            name: name, content: content,
            disclosure: section?.disclosure.map { PurposeOfUse($0.rawValue) }, client: client,
            watch: ReceiverWatch(name: peer, metrics: metrics, logger: logger), metrics: metrics)
    }

    private func replyClients() -> [String: MLLPClient] {
        var clients: [String: MLLPClient] = [:]
        for source in configuration.sources {
            guard let address = source.acknowledgments else { continue }
            clients[source.name] = MLLPClient(
                configuration: SenderConfiguration(address, limits: configuration.limits))
        }
        return clients
    }

    // MARK: - Listeners and feeds

    private func mllpListeners() throws -> [MLLPService] {
        var services: [MLLPService] = []
        for (index, section) in configuration.listeners.mllp.enumerated() {
            // Read here to refuse a wrong file before anything starts; the listener reads it again.
            if let tls = section.tls { _ = try TLSConfiguration.server(tls) }
            let service = MLLPService(
                name: "listeners.mllp[\(index)]", section: section, limits: configuration.limits,
                intake: try intake(section.source, at: "listeners.mllp[\(index)]"), freeSpace: freeSpace,
                signal: signal,
                refusals: refusals, metrics: metrics, logger: logger)
            metrics.observe(service.listener, source: section.source)
            services.append(service)
        }
        return services
    }

    private func listeners(_ mllp: [MLLPService]) throws -> [any Service] {
        var services: [any Service] = []
        var reloadable = [mappings]
        for (service, section) in zip(mllp, configuration.listeners.mllp) {
            guard let tls = section.tls else { continue }
            reloadable.append(Self.files(of: service.listener, tls, at: "\(service.name).tls"))
        }
        if let section = configuration.listeners.fhir {
            let tls = try section.tls.map { try ReloadableTLS($0) }
            if let tls { reloadable.append(tls.reloadable(at: "listeners.fhir.tls")) }
            services.append(try fhirListener(section, tls))
        }
        for (index, feed) in configuration.feeds.files.enumerated() {
            services.append(try fileFeed(feed, at: "feeds.files[\(index)]"))
        }
        services.append(
            ReloadService(
                reloader: Reloader(
                    parts: reloadable, inUse: inUse, store: installation.store, trail: trail, metrics: metrics,
                    logger: logger),
                hangups: hangups))
        return services
    }

    private func fhirListener(_ section: FHIRListenerSection, _ tls: ReloadableTLS?) throws -> any Service {
        let notices = StudyNoticeIntake(
            store: installation.store, assigners: parts.assigners,
            ehrDefaultAssigner: configuration.ehr.defaultAssigner.flatMap(parts.assigners.assigner(named:)),
            clock: clock, trail: trail,
            refusals: GatheredRefusals(listener: "listeners.fhir", refusals: refusals, clock: clock))
        let secret = try section.secretFile.map { try SharedSecret(file: $0, at: "listeners.fhir.secretFile") }
        var gates: [String: MessageGate] = [:]
        for source in configuration.feeds.http { gates[source] = try gate(source) }
        return FHIRListener(
            section: section, intake: notices, secret: secret, bodyLimit: configuration.limits.fhirBodyBytes,
            hl7: HL7Route(gates: gates, bodyLimit: configuration.limits.hl7BodyBytes, refusals: refusals), tls: tls,
            refusals: refusals, freeSpace: freeSpace, signal: signal, metrics: metrics, logger: logger,
            auditEvents: try auditEvents(isEncrypted: tls != nil)
        ).application()
    }

    /// Nil where nobody is an auditor.
    private func auditEvents(isEncrypted: Bool) throws(ConfigurationError) -> AuditEventRoute? {
        guard !configuration.auditors.isEmpty else { return nil }
        return AuditEventRoute(
            store: installation.store, renderer: installation.auditEventRenderer, assigners: parts.assigners,
            auditors: try Auditors(configuration.auditors), refusals: refusals, clock: clock, metrics: metrics,
            isEncrypted: isEncrypted)
    }

    private func fileFeed(_ section: FileFeedSection, at place: String) throws(ConfigurationError) -> FileFeed {
        FileFeed(
            name: place, folder: FeedFolder(path: section.folder), gate: try gate(section.source), poll: section.poll,
            limit: configuration.limits.feedFileBytes, refusals: refusals, clock: clock, metrics: metrics,
            logger: logger)
    }

    private func gate(_ source: String) throws(ConfigurationError) -> MessageGate {
        MessageGate(
            source: source, intake: try intake(source, at: "feeds"), freeSpace: freeSpace, signal: signal,
            metrics: metrics)
    }

    /// Makes the intake of a source with routing and mapping as they were read last, both from one reading.
    private func intake(
        _ source: String, at place: String
    ) throws(ConfigurationError) -> @Sendable () -> OrderIntake {
        guard let first = parts.mappings.current.sources[source] else {
            throw ConfigurationError(.invalidValue, at: "sources", "no source has the name \(source)")
        }
        let retraction: RetractionPolicy = configuration.orders.afterDelivery == .keep ? .keep : .enteredInError
        let refusals = GatheredRefusals(listener: place, refusals: refusals, clock: clock)
        return { [parts, store = installation.store, clock, trail] in
            let mappings = parts.mappings.current
            return OrderIntake(
                store: store, source: mappings.sources[source] ?? first, routing: mappings.routing,
                retraction: retraction, names: parts.names, clock: clock, trail: trail, refusals: refusals)
        }
    }

    // MARK: - Files that are read again

    private var mappings: Reloadable {
        Reloadable(name: "mappings") { [parts] () async throws(ConfigurationError) in
            try parts.mappings.reload()
            return LoadedFile.mappings(parts.mappings.current.digests)
        }
    }

    private static func files(
        of listener: MLLPListener, _ tls: ServerTLSSection, at place: String
    ) -> Reloadable {
        Reloadable(name: place) { () async throws(ConfigurationError) in
            do {
                try listener.reloadTLS()
                return [LoadedFile.certificate(tls.certificate, at: place)].compactMap(\.self)
            } catch {
                throw ConfigurationError(
                    .invalidValue, at: place, "the certificate, its key or the client CA cannot be used")
            }
        }
    }

    private var freeSpace: FreeSpace {
        FreeSpace(
            folder: configuration.data, minimumBytes: configuration.limits.minimumFreeBytes,
            gate: audit.gate)
    }
}

extension DeliveryLane {
    /// For logs.
    var words: String {
        switch self {
        case .all: "all"
        case .only(let destination): destination
        case .except: "ehr"
        }
    }
}
