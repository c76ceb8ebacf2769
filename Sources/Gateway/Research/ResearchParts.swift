import DICOMweb
import Foundation
import OutboundHTTP
import Sealing
import Workflow

/// The research archives as configured, with what connects to them.
struct ResearchParts: Sendable {
    let archives: [ResearchArchive]
    let profiles: [LoadedProfile]
    let clients: [OutboundClient]
    /// Archives whose list did not end with a whole block, and how many bytes were cut off: a crash leaves that, or
    /// somebody who shortened the file. What stood there is handed out anew, differently.
    let cutCrosswalks: [(archive: String, bytes: Int)]

    /// Throws where a profile, a crosswalk, a file of patients who object, a secret or a TLS file cannot be used.
    init(_ configuration: Configuration, keys: KeyRing) throws(ConfigurationError) {
        profiles = try configuration.researchProfiles()
        let crosswalks = try configuration.crosswalks(keys: keys)
        cutCrosswalks = zip(configuration.researchArchives, crosswalks).compactMap { section, list in
            list.flatMap { $0.unfinishedBytes > 0 ? (section.name, $0.unfinishedBytes) : nil }
        }
        var archives: [ResearchArchive] = []
        var clients: [OutboundClient] = []
        for (index, (section, peer)) in zip(
            configuration.researchArchives, try configuration.researchPeers()
        ).enumerated() {
            let client: OutboundClient
            do {
                client = try OutboundClient(peer: peer)
            } catch {
                throw ConfigurationError(
                    .invalidValue, at: peer.name, "the peer's TLS files cannot be read [\(error.code.rawValue)]")
            }
            clients.append(client)
            archives.append(Self.archive(section, client, profiles[index], crosswalks[index]))
        }
        self.archives = archives
        self.clients = clients
    }

    private static func archive(
        _ section: ResearchArchiveSection, _ client: OutboundClient, _ loaded: LoadedProfile, _ crosswalk: Crosswalk?
    ) -> ResearchArchive {
        let list = section.optOut.map(OptOutList.init(path:))
        return ResearchArchive(
            store: DICOMwebStore(name: section.name, client: client) { Hex.encode(randomBytes(16)) },
            rule: ExportRule(
                models: section.orders.models, modalities: section.orders.modalities,
                assigners: section.orders.assigners, sources: section.orders.sources),
            profile: loaded.profile, burnedIn: loaded.burnedIn,
            limits: StudyLimits(instancesPerStudy: section.instancesPerStudy, instanceBytes: section.studyBytes),
            pseudonyms: crosswalk
        ) { patients throws(AdapterError) in try list?.contains(patients) ?? false }
    }
}

extension Configuration {
    /// A request carries many images, and an archive may take its time to store them.
    private static let researchLimits = OutboundLimits(answerTimeout: .seconds(900))

    /// The sealed lists of random pseudonyms of the research archives, in their order; nil where pseudonyms are keyed.
    func crosswalks(keys: KeyRing) throws(ConfigurationError) -> [Crosswalk?] {
        var crosswalks: [Crosswalk?] = []
        for (index, archive) in researchArchives.enumerated() {
            do {
                crosswalks.append(try archive.crosswalk.map { try Crosswalk(path: $0, keys: keys) })
            } catch let error as SealingError {
                throw ConfigurationError(
                    .invalidValue, at: "researchArchives[\(index)].crosswalk",
                    "the crosswalk cannot be used [\(error.code.rawValue)]")
            } catch {
                throw ConfigurationError(
                    .invalidValue, at: "researchArchives[\(index)].crosswalk", "the crosswalk cannot be used")
            }
        }
        return crosswalks
    }

    /// The research archives in their order.
    func researchPeers(limits: OutboundLimits = researchLimits) throws(ConfigurationError) -> [Peer] {
        var peers: [Peer] = []
        for (index, archive) in researchArchives.enumerated() {
            let path = "researchArchives[\(index)]"
            peers.append(
                try Self.peer(
                    archive.name, base: archive.base, auth: archive.auth, tls: archive.tls, at: path, limits))
            if let file = archive.optOut, !FileManager.default.isReadableFile(atPath: file) {
                throw ConfigurationError(.fileMissing, at: "\(path).optOut", "the file cannot be read")
            }
        }
        return peers
    }
}
