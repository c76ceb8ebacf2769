import Audit
import AuditFeed
import FHIR
import Foundation
import Logging
import MerkleLog
import OutboundHTTP
import Persistence
import ServiceLifecycle
import Workflow

/// Puts together what takes the audit log outside while the gateway serves: the signer of checkpoints, one service for
/// each place and each repository, and the watch over the clock.
struct AuditAssembly: Sendable {
    let checkpoints: CheckpointService
    let gate: IntakeGate
    let placeStandings: PlaceStandings
    let feedStandings: FeedStandings
    private let places: [CheckpointPlaceService]
    private let feeds: [AuditFeedService]
    private let monitor: ClockMonitor

    /// - Parameter clients: by the names of places and repositories; whoever made them shuts them down.
    init(
        _ configuration: Configuration, installation: Installation, clients: [String: OutboundClient],
        trail: AuditTrail, clock: any WallClock, metrics: Metrics, logger: Logger
    ) throws(ConfigurationError) {
        let (store, latest) = (installation.store, LatestCheckpoint())
        let gate = IntakeGate()
        let placeStandings = PlaceStandings(configuration.checkpoints)
        let feedStandings = FeedStandings(configuration.auditFeeds)
        (self.gate, self.placeStandings, self.feedStandings) = (gate, placeStandings, feedStandings)
        checkpoints = CheckpointService(
            store: store, folders: installation.checkpointFolders, latest: latest, standings: placeStandings,
            trail: trail, clock: clock, metrics: metrics, logger: logger,
            outside: OutsideWatch(configuration.audit, standings: placeStandings, gate: gate, logger: logger))
        monitor = ClockMonitor(store: store, trail: trail, clock: clock, metrics: metrics, logger: logger)
        var places: [CheckpointPlaceService] = []
        for (index, section) in configuration.checkpoints.enumerated() {
            let place = try Self.place(section, at: "checkpoints[\(index)]", installation, clients)
            places.append(
                CheckpointPlaceService(
                    place: place, latest: latest, standings: placeStandings, store: store, trail: trail, clock: clock,
                    metrics: metrics, logger: logger))
        }
        self.places = places
        var feeds: [AuditFeedService] = []
        for (index, section) in configuration.auditFeeds.enumerated() {
            let repository = try Self.repository(
                section, at: "auditFeeds[\(index)]", installation, clients)
            let name = section.name
            let forwarder = AuditForwarder(store: store, repository: repository, trail: trail) { refusal in
                metrics.count(.auditFeedFailures, label: name)
                logger.error(
                    "an audit repository refuses a record; the record stays in the log, and says so",
                    metadata: ["feed": "\(name)", "leaf": "\(refusal.index)", "code": "\(refusal.code)"])
            }
            feeds.append(
                AuditFeedService(
                    name: name,
                    begin: { () async throws(AdapterError) in
                        if section.start == .now { try await store.startAuditFeedAtEnd(name) }
                    }, forward: { () async throws(AdapterError) in try await forwarder.forwardOne() },
                    lag: { () async throws(AdapterError) in try await store.auditFeedLag(name) },
                    standings: feedStandings, store: store, trail: trail, clock: clock, metrics: metrics,
                    logger: logger))
        }
        self.feeds = feeds
    }

    /// In the order of starting.
    var services: [any Service] { [checkpoints, monitor] + places + feeds }

    /// The last checkpoint, after everything else has stopped, and one more try for each place.
    func finish() async {
        await checkpoints.publish()
        await withTaskGroup(of: Void.self) { group in
            for place in places { group.addTask { await place.bringLast() } }
        }
        // A cosignature that came just now goes to the folders too.
        for place in places { await place.bringLast(evenAway: false) }
    }

    // MARK: - Places

    private static func place(
        _ section: CheckpointSection, at path: String, _ installation: Installation,
        _ clients: [String: OutboundClient]
    ) throws(ConfigurationError) -> any CheckpointPlace {
        let store = installation.store
        switch section.place {
        case .folder(let folder):
            return FolderPlace(
                name: section.name, folder: CheckpointFolder(path: folder, keeper: .outside),
                inside: CheckpointFolder(path: installation.folder.checkpointsPath, keeper: .inside),
                keys: installation.keys
            ) { () throws(AdapterError) in try store.signingKey.verifier }
        case .https:
            return HTTPSPlace(client: try client(section.name, clients))
        case .syslog(let syslog):
            let sender = SyslogSender(name: section.name, settings: SyslogSettings(syslog))
            return SyslogPlace(name: section.name) { message, time async throws(AdapterError) in
                try await sender.send([
                    SyslogMessage(
                        time: FHIRInstant(microsecondsSinceEpoch: time.microseconds), messageID: SyslogPlace.messageID,
                        content: message)
                ])
            }
        case .witness(_, let key):
            let witness: WitnessVerifierKey
            do { witness = try WitnessVerifierKey(parsing: key) } catch {
                throw ConfigurationError(
                    .invalidValue, at: "\(path).witness.key", "expected the line that `witness init` prints")
            }
            return WitnessPlace(
                client: try client(section.name, clients), witness: witness
            ) { first, second async throws(AdapterError) in
                try await store.consistencyPath(first: first, second: second)
            }
        case .timestamps(_, let ca):
            let client = try client(section.name, clients)
            let authority = TimestampAuthority(client: client, authorities: ca)
            return TimestampPlace(
                name: section.name, folders: installation.checkpointFolders.map(\.path)
            ) { bytes async throws(AdapterError) in try await authority.stamp(bytes) }
        }
    }

    private static func repository(
        _ section: AuditFeedSection, at path: String, _ installation: Installation,
        _ clients: [String: OutboundClient]
    ) throws(ConfigurationError) -> any AuditRepository {
        switch section.repository {
        case .syslog(let syslog):
            return SyslogRepository(
                sender: SyslogSender(name: section.name, settings: SyslogSettings(syslog)),
                renderer: installation.auditMessageRenderer)
        case .fhir(_, let creation):
            return FHIRAuditRepository(
                client: try client(section.name, clients),
                renderer: installation.auditEventRenderer, creation: creation)
        }
    }

    private static func client(
        _ name: String, _ clients: [String: OutboundClient]
    ) throws(ConfigurationError) -> OutboundClient {
        guard let client = clients[name] else {
            throw ConfigurationError(.missingKey, at: name, "no client was made for it")
        }
        return client
    }
}

extension SyslogSettings {
    init(_ section: SyslogSection) {
        self.init(
            host: section.endpoint.host, port: section.endpoint.port, tls: section.tls.map(ClientTLS.init),
            hostName: ProcessInfo.processInfo.hostName,
            processID: String(ProcessInfo.processInfo.processIdentifier), hasByteOrderMark: section.bom)
    }
}

extension SQLiteStore {
    /// The consistency proof between two sizes of the log as it is stored.
    func consistencyPath(first: UInt64, second: UInt64) async throws(AdapterError) -> [MerkleHash] {
        let leaves = try await leafHashes(upTo: second)
        do {
            return try MerkleTree(leaves: leaves).consistencyProof(first: Int(first), second: Int(second)).path
        } catch {
            throw AdapterError(.fault, code: "audit.consistencyProof")
        }
    }
}
