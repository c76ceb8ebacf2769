import Audit
import DICOM
import Deidentification
import FHIR
import Foundation
import HL7v2
import ImageClassifier
import Mapping
import MerkleLog
import Persistence
import Reporting
import Sealing
import Workflow

/// A hospital in memory around a real data folder. Gateways come and go, the folder stays.
final class Simulator: Sendable {
    static let hospital = Assigner(name: "hospital")
    let clock = ManualClock()
    let ledger = Ledger()
    let ehr: SimulatedEHR
    let archive: SimulatedArchive
    let research: SimulatedResearch
    /// Receivers of results as HL7 v2 messages; without them the EHR is the only destination.
    let receivers: [SimulatedReceiver]
    let keys: KeyRing
    let folder: DataFolder

    init(receivers names: [String] = []) throws {
        ehr = SimulatedEHR(ledger: ledger)
        archive = SimulatedArchive(ledger: ledger)
        research = SimulatedResearch(ledger: ledger)
        receivers = names.map { [ledger] in SimulatedReceiver(name: $0, ledger: ledger) }
        keys = try KeyRing.generate()
        folder = try DataFolder(creating: "/tmp/workflow-tests-" + randomUUID())
    }

    /// A new, empty data folder beside the same EHR and archive, with the same keys.
    init(like other: Simulator) throws {
        (ehr, archive, receivers, keys) = (other.ehr, other.archive, other.receivers, other.keys)
        research = other.research
        folder = try DataFolder(creating: "/tmp/workflow-tests-" + randomUUID())
    }

    deinit { try? FileManager.default.removeItem(atPath: folder.path) }

    /// The exam's patient and request in the EHR, its images in the archive.
    func prepare(_ exam: Exam, images: Bool = true) throws {
        try ehr.put(exam.patientResource())
        try ehr.put(exam.serviceRequest())
        if images { try archive.hold(exam.holding()) }
    }

    /// A gateway that has just been started on the folder.
    func start(_ settings: Settings = Settings()) async throws -> SimulatedGateway {
        let sqlite = try SQLiteStore.open(folder, keys: keys)
        try await sqlite.endLeases()
        return try SimulatedGateway(self, sqlite, settings)
    }

    /// Verifies the log with the public key alone.
    func verification() throws -> AuditVerification {
        try AuditLogFile(folder).verify(key: try keys.checkpointKey().verifier, outside: [])
    }

    static func mappingFile(_ path: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "mappings/\(path)"), encoding: .utf8)
    }
}

/// What a test may want different.
struct Settings: Sendable {
    var fault = SimulatedStore.Fault.none
    var isShadow = false
    var models = [SimulatedModel.bundled]
    /// `mappings/routing/default.yaml` if nil.
    var routing: String?
    var retraction = RetractionPolicy.keep
    /// Which studies the research archive wants; it is not configured if nil.
    var research: ExportRule?
    var researchProfile = SimulatedResearch.profile
    var researchPixelRules: BurnedInPolicy?
    var optedOut: [String] = []
    /// Whether the patient objects by now, whoever is listed.
    var objects: @Sendable () -> Bool = { false }
    var researchCrosswalk: Crosswalk?
    var deferredDestination: String?
    var settleTime = Duration.zero
    var limits = StudyLimits(instancesPerStudy: 3, instanceBytes: 1 << 20)
    var waiting = WaitingPolicy(
        firstPoll: .seconds(10), maxInterval: .seconds(600), giveUpAfter: .seconds(30 * 86400),
        noticeWait: .seconds(3600))
    var retry = RetryPolicy(maxAge: .seconds(3600))
}

/// One run of the gateway: intake, worker and deliverer on one store, driven by hand.
struct SimulatedGateway: Sendable {
    let simulator: Simulator
    let store: SimulatedStore
    let trail: AuditTrail
    let intake: OrderIntake
    let notices: StudyNoticeIntake
    let worker: OrderWorker
    let deliverer: Deliverer
    let exporter: ExportWorker?
    let isShadow: Bool
    /// What the models said, as counters are told.
    let outcomes: ToldOutcomes

    init(_ simulator: Simulator, _ sqlite: SQLiteStore, _ settings: Settings) throws {
        self.simulator = simulator
        let (clock, keys) = (simulator.clock, simulator.keys)
        store = SimulatedStore(sqlite, ledger: simulator.ledger, fault: settings.fault)
        trail = AuditTrail(store: store, clock: clock, principal: Principal(kind: .service, name: "imaging-gateway"))
        let assigners = try AssignerDirectory([
            AssignerEntry(name: "hospital", hl7: ["HOSP"], fhir: "urn:hospital", dicom: ["HOSP"]),
            AssignerEntry(name: "placer", hl7: ["HIS"], fhir: "urn:placer"),
            AssignerEntry(name: "filler", hl7: ["RIS"], fhir: "urn:filler"),
        ])
        var codes: [String: CodeMap] = [:]
        for name in ["body-part", "modality", "procedure-body-part"] {
            codes[name] = try CodeMap(yaml: Simulator.mappingFile("codes/\(name).yaml"))
        }
        let models = InstalledModels(try settings.models.map { try $0.installed(keys: keys) })
        let routing = try Routing(yaml: settings.routing ?? Simulator.mappingFile("routing/default.yaml"))
            .among(models.rules)
        let mapping = try OrderMapping(
            yaml: Simulator.mappingFile("orders/default.yaml"), codes: codes,
            sender: OrderSender(name: "his", assigners: assigners, defaultAssigner: Simulator.hospital))
        intake = OrderIntake(
            store: store,
            source: MessageSource(
                name: "his", mapping: mapping, options: MessageOptions(), processingID: "P",
                deferredDestination: settings.deferredDestination),
            routing: routing,
            retraction: settings.retraction,
            names: GatewayNames(application: "IMGATEWAY", facility: "IMGATEWAY") {
                String(randomUUID().filter { $0 != "-" }.prefix(20))
            }, clock: clock, trail: trail)
        notices = StudyNoticeIntake(
            store: store, assigners: assigners, ehrDefaultAssigner: nil, clock: clock, trail: trail)
        let outcomes = ToldOutcomes()
        self.outcomes = outcomes
        let (listed, objects) = (settings.optedOut, settings.objects)
        let research = try settings.research.map { rule in
            ResearchArchive(
                store: simulator.research, rule: rule,
                profile: try DeidentificationProfile(yaml: settings.researchProfile),
                burnedIn: settings.researchPixelRules, limits: settings.limits, pseudonyms: settings.researchCrosswalk
            ) { patients throws(AdapterError) in objects() || patients.contains { listed.contains($0.value) } }
        }
        worker = OrderWorker(
            store: store, ehr: simulator.ehr, ehrDefaultAssigner: nil,
            destinations: simulator.receivers.map {
                ResultDestinationSettings(
                    name: $0.name,
                    message: ResultMessageSettings(receivingApplication: $0.name, receivingFacility: "HOSP"))
            },
            archives: [
                Archive(
                    source: simulator.archive, defaultAssigner: Simulator.hospital, settleTime: settings.settleTime)
            ],
            assigners: assigners, scratch: SealedScratchFolder(simulator.folder, keys: keys, removesLeftovers: true),
            models: models, routing: { routing }, decoder: try DCMTKFrameDecoder(), keys: keys,
            waiting: settings.waiting, retry: settings.retry, limits: settings.limits, isShadow: settings.isShadow,
            research: [research].compactMap(\.self), clock: clock, trail: trail, observed: { outcomes.add($0) })
        deliverer = Deliverer(
            store: store, ehr: simulator.ehr, destinations: simulator.receivers, retry: settings.retry, clock: clock,
            trail: trail)
        let clinical = worker
        let (store, trail) = (store, trail)
        exporter = research.map { archive in
            ExportWorker(
                store: store, archive: archive, clinical: clinical, pseudonyms: keys.pseudonyms, keys: keys,
                retry: settings.retry, clock: clock, trail: trail)
        }
        isShadow = settings.isShadow
    }

    /// Sends one message; MSA-1 of the reply, or how it was not answered.
    @discardableResult
    func send(_ text: String) async -> String {
        switch await intake.receive(Array(text.utf8)).reply {
        case .silent: return "silent"
        case .withhold: return "withheld"
        case .reply(let bytes):
            let words = String(decoding: bytes, as: UTF8.self).split(separator: "\r").first { $0.hasPrefix("MSA|") }
            return words?.split(separator: "|").dropFirst().first.map(String.init) ?? "unreadable"
        }
    }

    func announce(_ body: String) async throws { _ = try await notices.receive(body: Array(body.utf8), id: nil) }

    /// Works until nothing is due at this moment.
    func work() async throws(AdapterError) {
        for _ in 0..<100 {
            let hasWorked = try await worker.runOne()
            let hasDelivered = isShadow ? false : try await deliverer.deliverOne()
            guard hasWorked || hasDelivered else { return }
        }
        throw AdapterError(.fault, code: "simulated.endless")
    }

    /// Exports until nothing is due at this moment.
    func export() async throws(AdapterError) {
        for _ in 0..<100 {
            guard let exporter, try await exporter.exportOne() else { return }
        }
        throw AdapterError(.fault, code: "simulated.endless")
    }

    var exports: [ExportJob] { get async throws { try await store.exports(ExportFilter()) } }

    /// Works, and again after each step of the clock.
    func work(for duration: Duration, every step: Duration) async throws(AdapterError) {
        let end = simulator.clock.now() + duration
        try await work()
        while simulator.clock.now() < end {
            simulator.clock.advance(step)
            try await work()
        }
    }

    var orders: [StoredOrder] {
        get async throws { try await store.orders(OrderFilter()).sorted { $0.created < $1.created } }
    }

    /// The one order there is.
    var order: StoredOrder {
        get async throws {
            let orders = try await orders
            guard orders.count == 1 else { throw Missing() }
            return orders[0]
        }
    }

    var state: OrderState { get async throws { try await order.state } }

    func outbox(_ state: OutboxEntry.State) async throws -> Int { try await store.counts().outbox[state] ?? 0 }

    func operate(_ event: OrderEvent) async throws {
        let now = simulator.clock.now()
        _ = try await store.update(try await order.id) { $0.operated(on: event, now: now).map { ($0, []) } }
    }
}
