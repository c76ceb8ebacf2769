import Audit
import Logging
import MerkleLog
import NIOCore
import Persistence
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
        // From here on a SIGHUP is a wish to read files again, and ends nothing.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let installation = try Installation(configuration, create: true)
        let lock = try FileLock.serving(installation.folder)
        try await installation.store.endLeases()
        try installation.placePublicKey()
        do {
            // A crash between destroying keys and registering them, or a folder that was away, is made good here.
            try await installation.store.registerDestroyedKeys(in: installation.checkpointFolders)
        } catch {
            logger.error("the register of destroyed keys is not complete", metadata: ["code": "\(error.code)"])
        }
        let parts = try await Parts(configuration, keys: installation.keys)
        for cut in parts.research.cutCrosswalks {
            logger.error(
                "the end of a crosswalk was not whole: a crash, or somebody shortened it; restore a copy if images left",
                metadata: ["archive": "\(cut.archive)", "bytes": "\(cut.bytes)"])
        }
        do {
            try await serve(installation, parts, hangups)
        } catch {
            await parts.shutdown()
            throw error
        }
        await parts.shutdown()
        logger.notice("gateway stopped")
        // Held to the very end: nobody else serves this folder before the last checkpoint is written.
        _ = consume lock
    }

    private func serve(
        _ installation: Installation, _ parts: Parts, _ hangups: UnixSignalsSequence
    ) async throws {
        let trail = installation.trail(principal: Principal(kind: .service, name: "imaging-gateway"))
        let inUse = FilesInUse(folder: configuration.data)
        try await recordStart(parts, inUse, store: installation.store, trail: trail)
        let metrics = Metrics()
        metrics.observe(parts.decoder)
        let audit = try AuditAssembly(
            configuration, installation: installation, clients: parts.outside, trail: trail, clock: clock,
            metrics: metrics, logger: logger)
        let assembly = ServiceAssembly(
            configuration: configuration, parts: parts, installation: installation, trail: trail,
            audit: audit, clock: clock, signal: WorkSignal(), metrics: metrics,
            refusals: RefusalLog(
                store: installation.store, trail: trail, clock: clock, metrics: metrics, logger: logger),
            inUse: inUse, hangups: hangups, logger: logger)
        let services = try assembly.services()
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
        await audit.finish()
        await installation.store.truncateLog()
    }

    /// What runs, and with which configuration, mappings and model: in the log before the first message is taken.
    private func recordStart(
        _ parts: Parts, _ inUse: FilesInUse, store: any OrderStore, trail: AuditTrail
    ) async throws(AdapterError) {
        let files = configuration.loadedFiles(
            mappings: parts.mappings.current.digests.merging(
                parts.research.profiles.map { ($0.file, $0.sha256) }, uniquingKeysWith: { one, _ in one }),
            models: parts.models)
        let start = trail.service(.serviceStart, details: [.program: .configured(Self.version)])
        try await store.record([start] + inUse.started(with: files, trail))
        try inUse.save()
    }
}
