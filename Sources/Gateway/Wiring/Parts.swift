import DICOM
import DICOMweb
import DecodeWorker
import FHIR
import FHIRClient
import Foundation
import ImageClassifier
import Mapping
import OutboundHTTP
import Persistence
import Reporting
import Sealing
import Workflow

/// What the configuration names, opened and checked: mappings, model, peers.
struct Parts: Sendable {
    let assigners: AssignerDirectory
    let mappings: LiveMappings
    let models: [LoadedModel]
    let installed: InstalledModels
    let ehr: FHIRServer
    let archives: [Archive]
    /// Decodes in processes of its own, and tells how they fare.
    let decoder: WorkerFrameDecoder
    let names: GatewayNames
    /// The EHR's and the archives'.
    let clients: [OutboundClient]
    /// Clients of places of checkpoints and of audit repositories, by configured name.
    let outside: [String: OutboundClient]
    /// Who gets de-identified copies.
    let research: ResearchParts
    /// Receivers of ORU^R01 with what connects to them.
    let results: [ResultReceiver]

    init(_ configuration: Configuration, keys: KeyRing) async throws(ConfigurationError) {
        assigners = try configuration.assignerDirectory()
        models = try configuration.loadedModels()
        installed = InstalledModels(
            models.map { model in
                InstalledModel(
                    classifier: Classifier(model: model.bundle), rule: model.rule,
                    mode: model.section.mode == .report ? .report : .shadow,
                    composer: Self.composer(configuration, keys: keys, template: model.template))
            })
        mappings = try LiveMappings(configuration, assigners: assigners, models: installed.rules)
        do {
            decoder = try WorkerFrameDecoder()
        } catch {
            throw ConfigurationError(
                .fileMissing, at: "", "DCMTK's data dictionary is missing; install the package libdcmtk17")
        }
        research = try ResearchParts(configuration, keys: keys)
        let peers = try configuration.peers()
        let all = try await Self.clients(peers + (try configuration.outsidePeers()))
        let clients = Array(all.prefix(peers.count))
        self.clients = clients
        outside = Dictionary(all.dropFirst(peers.count).map { ($0.name, $0) }) { $1 }
        ehr = FHIRServer(name: "ehr", client: clients[0])
        let assigners = assigners
        archives = zip(configuration.archives, clients.dropFirst()).map { section, client in
            Archive(
                source: DICOMwebArchive(name: section.name, client: client),
                defaultAssigner: section.defaultAssigner.flatMap(assigners.assigner(named:)),
                settleTime: section.settleTime)
        }
        results = try configuration.resultReceivers()
        names = GatewayNames(application: "IMGATEWAY", facility: "IMGATEWAY") {
            String(randomUUID().replacingOccurrences(of: "-", with: "").prefix(20)).uppercased()
        }
    }

    func worker(
        _ configuration: Configuration, installation: Installation, trail: AuditTrail, clock: any WallClock,
        observed: @escaping @Sendable (ModelOutcome) -> Void, committed: @escaping @Sendable () -> Void
    ) -> OrderWorker {
        OrderWorker(
            store: installation.store, ehr: ehr,
            ehrDefaultAssigner: configuration.ehr.defaultAssigner.flatMap(assigners.assigner(named:)),
            destinations: results.map(\.settings), archives: archives, assigners: assigners,
            scratch: SealedScratchFolder(installation.folder, keys: installation.keys, removesLeftovers: true),
            models: installed, routing: { [mappings] in mappings.current.routing }, decoder: decoder,
            keys: installation.keys,
            waiting: configuration.waitingPolicy, retry: configuration.retryPolicy,
            limits: StudyLimits(
                instancesPerStudy: configuration.limits.instancesPerStudy,
                instanceBytes: configuration.limits.instanceBytes),
            isShadow: configuration.delivery == .shadow, research: research.archives, clock: clock, trail: trail,
            observed: observed, committed: committed,
            threads: OwnThreads(count: configuration.limits.workers + research.archives.count))
    }

    func shutdown() async {
        for client in clients + research.clients + outside.values { await client.shutdown() }
    }

    static func composer(
        _ configuration: Configuration, keys: KeyRing, template: ReportTemplate
    ) -> ReportComposer {
        ReportComposer(
            settings: ReportSettings(
                installation: keys.installation, organization: organization(configuration.ehr.organization),
                gateway: "imaging-gateway \(GatewayApplication.version)",
                policy: ReportPolicy(
                    maximumImageBytes: configuration.ehr.maxPictureBytes,
                    sendsImage: configuration.ehr.maxPictureBytes > 0)), template: template)
    }

    /// One client for each peer; none is left open when one cannot be made.
    private static func clients(_ peers: [Peer]) async throws(ConfigurationError) -> [OutboundClient] {
        var clients: [OutboundClient] = []
        for peer in peers {
            do {
                clients.append(try OutboundClient(peer: peer))
            } catch {
                for client in clients { await client.shutdown() }
                throw ConfigurationError(
                    .invalidValue, at: peer.name, "the peer's TLS files cannot be read [\(error.code.rawValue)]")
            }
        }
        return clients
    }

    /// `Organization/1` is a reference; anything else is a name.
    private static func organization(_ text: String?) -> Reference {
        guard let text else { return Reference(nil, display: "Hospital (configure ehr.fhir.organization)") }
        return text.hasPrefix("Organization/") ? Reference(text) : Reference(nil, display: text)
    }
}

extension Configuration {
    var retryPolicy: RetryPolicy { RetryPolicy(maxAge: retry.maxAge, maxInterval: retry.maxInterval) }

    var waitingPolicy: WaitingPolicy {
        WaitingPolicy(
            firstPoll: waiting.firstPoll, maxInterval: waiting.maxInterval, giveUpAfter: waiting.giveUpAfter,
            noticeWait: waiting.noticeWait)
    }
}
