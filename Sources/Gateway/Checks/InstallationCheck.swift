import DICOMweb
import FHIR
import FHIRClient
import Foundation
import ImageClassifier
import Mapping
import OutboundHTTP
import Reporting
import Sealing
import Workflow

/// `imaging-gateway check`: looks at everything that `serve` will need, and reaches every peer.
///
/// Runs before the first `serve` and beside a running one. It creates no file and no folder, asks for nothing about a
/// patient, and writes nothing but, when told so, the gateway's own Device to the EHR.
public struct InstallationCheck: Sendable {
    private let path: String
    private let tries: WriteTrial
    private let clock = SystemClock()

    /// Whether the right to write to the EHR is tried.
    public enum WriteTrial: Sendable {
        case always, never
        /// Only where `delivery: on`: shadow promises that the EHR gets nothing.
        case whenDelivering
    }

    /// A check of the configuration file at `path`.
    public init(path: String, write: WriteTrial = .whenDelivering) {
        self.path = path
        tries = write
    }

    /// Looks at everything; never throws, for whatever is wrong is an item of the report.
    public func run() async -> CheckReport {
        let configuration: Configuration
        do {
            configuration = try Configuration.load(path: path)
        } catch {
            return CheckReport(items: [.configuration("configuration", error)])
        }
        var items: [CheckItem] = [.ok("configuration", "complete; delivery is \(configuration.delivery.rawValue)")]
        let keys = keyRing(configuration, &items)
        let folders = FolderChecks(configuration: configuration, keys: keys)
        let isServed = folders.isServed
        if keys != nil { items.append(folders.keyFile()) }
        let models = models(configuration)
        items += rules(configuration, models)
        items += Self.items(of: models)
        let model = (try? models.get())?.first { $0.section.mode == .report }
        items += [folders.dataFolder(isServed: isServed), folders.disk()]
        items += folders.checkpoints()
        items += PortChecks(listeners: configuration.listeners, isServed: isServed).items()
        items += CertificateChecks(configuration: configuration, now: now).items()
        items.append(year())
        items += FeedChecks(feeds: configuration.feeds.files).items()
        items += await peers(configuration, keys: keys, model: model)
        items += await ResearchChecks(configuration: configuration) { [clock] in
            clock.now().microseconds / 1_000_000
        }.items()
        items += await ReceiverChecks(configuration: configuration) { [clock] in
            clock.now().microseconds / 1_000_000
        }.items()
        items += await OutsideChecks(configuration: configuration) { [clock] in
            clock.now().microseconds / 1_000_000
        }.items()
        return CheckReport(items: items)
    }

    private var now: Int64 { clock.now().microseconds / 1_000_000 }

    // MARK: - Files

    private func keyRing(_ configuration: Configuration, _ items: inout [CheckItem]) -> KeyRing? {
        do throws(ConfigurationError) {
            return try KeyFile.load(path: configuration.keys)
        } catch {
            items.append(.configuration("keys", error))
            return nil
        }
    }

    private func rules(
        _ configuration: Configuration, _ models: Result<[LoadedModel], ConfigurationError>
    ) -> [CheckItem] {
        do throws(ConfigurationError) {
            let mappings = try Mappings(
                configuration, assigners: try configuration.assignerDirectory(),
                models: (try? models.get())?.map(\.rule))
            let files = mappings.digests.count
            return [.ok("mappings", "\(files) files; \(Self.list(configuration.sources.map(\.name)))")]
        } catch {
            return [.configuration("mappings", error)]
        }
    }

    private static func list(_ sources: [String]) -> String {
        sources.isEmpty ? "no sources" : "sources: \(sources.joined(separator: ", "))"
    }

    private func models(_ configuration: Configuration) -> Result<[LoadedModel], ConfigurationError> {
        Result { () throws(ConfigurationError) in try configuration.loadedModels() }
    }

    private static func items(of models: Result<[LoadedModel], ConfigurationError>) -> [CheckItem] {
        switch models {
        case .failure(let error): [.configuration("model", error)]
        case .success(let models):
            models.map { model in
                let identity = model.bundle.identity
                let mode = model.section.mode == .shadow ? ", in the shadow" : ""
                return .ok(
                    "model", "\(identity.id) \(identity.version)\(mode), weights \(identity.weightsDigest.prefix(12))…")
            }
        }
    }

    /// A clock that was never set makes every certificate wrong and every record useless.
    private func year() -> CheckItem {
        let year = Calendar(identifier: .gregorian).component(
            .year, from: Date(timeIntervalSince1970: Double(now)))
        guard (2025...2100).contains(year) else {
            return .problem("clock", .clockYear, "the clock says \(year)", remedy: "set it, and keep it by NTP")
        }
        return .ok("clock", "the year is \(year)")
    }

    // MARK: - Peers

    /// All at once; told in the order of the configuration.
    private func peers(_ configuration: Configuration, keys: KeyRing?, model: LoadedModel?) async -> [CheckItem] {
        let peers: [Peer]
        do {
            peers = try configuration.peers(limits: PeerChecks.limits)
        } catch {
            return [.configuration("peers", error)]
        }
        return await withTaskGroup(of: (Int, [CheckItem]).self) { group in
            for (index, peer) in peers.enumerated() {
                group.addTask {
                    let items =
                        index == 0
                        ? await self.ehr(peer, configuration, keys: keys, model: model)
                        : await self.archive(peer, section: "archives[\(index - 1)]")
                    return (index, items)
                }
            }
            var found: [Int: [CheckItem]] = [:]
            for await (index, items) in group { found[index] = items }
            return peers.indices.flatMap { found[$0] ?? [] }
        }
    }

    private func checks(_ peer: Peer, _ words: PeerWords) -> PeerChecks {
        PeerChecks(peer: peer, words: words) { [clock] in clock.now().microseconds / 1_000_000 }
    }

    private func ehr(
        _ peer: Peer, _ configuration: Configuration, keys: KeyRing?, model: LoadedModel?
    ) async -> [CheckItem] {
        let checks = checks(peer, PeerWords(peer: "the EHR", section: "ehr.fhir"))
        let (device, why) = device(configuration, keys: keys, model: model)
        return await withClient(checks) { client in
            let assigner = configuration.ehr.defaultAssigner
            let system = configuration.assigners.first { $0.name == assigner }?.fhir
            return await EHRChecks(
                checks: checks, server: FHIRServer(name: peer.name, client: client), patientSystem: system,
                device: device, whyNotTried: why
            ).items()
        }
    }

    private func archive(_ peer: Peer, section: String) async -> [CheckItem] {
        let checks = checks(peer, PeerWords(peer: "the archive \(peer.name)", section: section))
        return await withClient(checks) { client in
            await ArchiveChecks(checks: checks, archive: DICOMwebArchive(name: peer.name, client: client)).items()
        }
    }

    private func withClient(
        _ checks: PeerChecks, _ body: (OutboundClient) async -> [CheckItem]
    ) async -> [CheckItem] {
        do throws(OutboundHTTPError) {
            let client = try OutboundClient(peer: checks.peer)
            let items = await body(client)
            await client.shutdown()
            return items
        } catch {
            let (message, remedy) = checks.words.words(.tlsFile)
            return [
                CheckItem(
                    "\(checks.peer.name).connection", .problem, code: "\(checks.peer.name).\(error.code.rawValue)",
                    message, remedy: remedy, area: .configuration)
            ]
        }
    }

    /// The Device that the gateway's reports name, or why it is not tried to write it.
    private func device(
        _ configuration: Configuration, keys: KeyRing?, model: LoadedModel?
    ) -> (FHIR.Bundle?, whyNot: String) {
        switch tries {
        case .never: return (nil, "not tried, as told with --no-write")
        case .whenDelivering where configuration.delivery == .shadow:
            return (
                nil,
                "not tried: delivery is shadow, which writes nothing to the EHR; --write tries it with the gateway's "
                    + "own Device, without patient data"
            )
        case .always, .whenDelivering:
            guard let keys, let model else {
                return (nil, "not tried: it needs the key file and a model whose results are reported")
            }
            let composer = Parts.composer(configuration, keys: keys, template: model.template)
            return (composer.deviceTransaction(keys: keys, model: model.bundle.identity), "")
        }
    }
}
