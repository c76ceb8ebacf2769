import Audit
import DICOM
import DICOMweb
import Deidentification
import FHIR
import FHIRClient
import Foundation
import ImageClassifier
import Logging
import Mapping
import MerkleLog
import NIOCore
import NIOSSL
import OutboundHTTP
import Persistence
import Reporting
import Sealing
import ServiceLifecycle
import UnixSignals
import Workflow

/// The running gateway: listeners, workers, deliverer and checkpoints in one service group.
///
/// Everything long-lived starts here and stops here: listeners first, then the work in hand, then the last checkpoint.
public struct GatewayApplication: Sendable {
    public static let version = "0.1.0"
    private let configuration: Configuration
    private let logger: Logger
    private let clock = SystemClock()

    public init(_ configuration: Configuration) {
        self.configuration = configuration
        var logger = Logger(label: "imaging-gateway") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .notice
        self.logger = logger
    }

    /// Runs until SIGTERM or SIGINT. Throws `ConfigurationError` or `AdapterError` when it cannot start.
    public func run() async throws {
        let installation = try Installation(configuration, create: true)
        let lock = try FileLock.serving(installation.folder)
        try await installation.store.endLeases()
        try installation.placePublicKey()
        let parts = try await Parts(configuration, keys: installation.keys)
        do {
            try await serve(installation, parts)
        } catch {
            await parts.shutdown()
            throw error
        }
        await parts.shutdown()
        logger.notice("gateway stopped")
        // Held to the very end: nobody else serves this folder before the last checkpoint is written.
        _ = consume lock
    }

    private func serve(_ installation: Installation, _ parts: Parts) async throws {
        let trail = installation.trail(principal: Principal(kind: .service, name: "imaging-gateway"))
        try await recordStart(parts, store: installation.store, trail: trail)
        let signal = WorkSignal()
        let metrics = Metrics()
        let checkpoints = CheckpointService(
            store: installation.store, folders: installation.checkpointFolders, clock: clock, metrics: metrics,
            logger: logger)
        let services = try services(
            parts, installation: installation, trail: trail, checkpoints: checkpoints, signal: signal, metrics: metrics)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        logger.notice("gateway started", metadata: ["version": "\(Self.version)"])
        do {
            try await group.run()
        } catch is IOError {
            // Only binding a listener throws one up to here; connections end by themselves.
            throw AdapterError(.unavailable, code: "listener.address")
        }
        try await installation.store.record([trail.service(.serviceStop)])
        await checkpoints.publish()
    }

    /// In the order of starting; they stop in the reverse order.
    private func services(
        _ parts: Parts, installation: Installation, trail: AuditTrail, checkpoints: CheckpointService,
        signal: WorkSignal, metrics: Metrics
    ) throws -> [any Service] {
        var services: [any Service] = [
            checkpoints, Ticker(signal: signal, clock: clock, interval: .seconds(1)),
            PeerMonitor(
                clients: parts.clients, store: installation.store, clock: clock, metrics: metrics, logger: logger),
        ]
        if let admin = configuration.listeners.admin {
            services.append(
                AdminListener(
                    endpoint: admin, store: installation.store, freeSpace: freeSpace, metrics: metrics, logger: logger
                ).application())
        }
        if configuration.delivery == .on {
            let deliverer = Deliverer(
                store: installation.store, ehr: parts.ehr, retry: configuration.retryPolicy, clock: clock, trail: trail)
            services.append(
                loop("deliver", installation.store, signal, metrics) { () async throws(AdapterError) in
                    try await deliverer.deliverOne()
                })
        }
        let worker = parts.worker(configuration, installation: installation, trail: trail, clock: clock)
        for number in 1...configuration.limits.workers {
            services.append(
                loop("work \(number)", installation.store, signal, metrics) { () async throws(AdapterError) in
                    let worked = try await worker.runOne()
                    // What was just composed is for the deliverer.
                    if worked { signal.notify() }
                    return worked
                })
        }
        services += try listeners(
            parts, installation: installation, trail: trail, signal: signal, metrics: metrics)
        return services
    }

    private func listeners(
        _ parts: Parts, installation: Installation, trail: AuditTrail, signal: WorkSignal, metrics: Metrics
    ) throws -> [any Service] {
        var services: [any Service] = []
        for section in configuration.listeners.mllp {
            guard let source = parts.mappings.sources[section.source] else { continue }
            // Read here to refuse a wrong file before anything starts; the listener reads it again.
            if let tls = section.tls { _ = try TLSConfiguration.server(tls) }
            let intake = OrderIntake(
                store: installation.store, source: source, routing: parts.mappings.routing, names: parts.names,
                clock: clock, trail: trail)
            services.append(
                MLLPService(
                    section: section, limits: configuration.limits, intake: intake, freeSpace: freeSpace,
                    signal: signal, metrics: metrics, logger: logger))
        }
        if let section = configuration.listeners.fhir {
            let intake = StudyNoticeIntake(
                store: installation.store, assigners: parts.assigners,
                ehrDefaultAssigner: configuration.ehr.defaultAssigner.flatMap(parts.assigners.assigner(named:)),
                clock: clock, trail: trail)
            let secret = try section.secretFile.map {
                try SharedSecret(file: $0, at: "listeners.fhir.secretFile")
            }
            services.append(
                try FHIRListener(
                    section: section, intake: intake, secret: secret, bodyLimit: configuration.limits.fhirBodyBytes,
                    freeSpace: freeSpace, signal: signal, metrics: metrics, logger: logger
                ).application())
        }
        return services
    }

    private var freeSpace: FreeSpace {
        FreeSpace(folder: configuration.data, minimumBytes: configuration.limits.minimumFreeBytes)
    }

    private func loop(
        _ name: String, _ store: SQLiteStore, _ signal: WorkSignal, _ metrics: Metrics,
        step: @escaping @Sendable () async throws(AdapterError) -> Bool
    ) -> WorkLoop {
        WorkLoop(
            name: name, wakes: signal.subscribe(), metrics: metrics, logger: logger,
            recover: { () async throws(AdapterError) in try await store.endLeases() }, step: step)
    }

    /// What runs, and with which configuration, mappings and model: in the log before the first message is taken.
    private func recordStart(_ parts: Parts, store: any OrderStore, trail: AuditTrail) async throws(AdapterError) {
        let model = parts.classifier.modelIdentity
        var records = [
            trail.service(.serviceStart, details: ["version": Self.version]),
            trail.service(.configurationLoaded, details: ["sha256": configuration.digest]),
            trail.service(
                .modelLoaded,
                details: ["model": model.id, "modelVersion": model.version, "weights": model.weightsDigest]),
        ]
        records += parts.mappings.digests.sorted { $0.key < $1.key }.map {
            trail.service(.mappingLoaded, details: ["file": $0.key, "sha256": $0.value])
        }
        try await store.record(records)
    }
}
