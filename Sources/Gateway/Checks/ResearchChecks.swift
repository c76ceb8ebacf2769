import DICOMweb
import Deidentification
import OutboundHTTP
import Workflow

/// The research archives: whether their profiles can be used, and whether a DICOMweb service answers. Nothing is stored.
struct ResearchChecks {
    let configuration: Configuration
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    func items() async -> [CheckItem] {
        guard !configuration.researchArchives.isEmpty else { return [] }
        var items: [CheckItem] = []
        for (index, section) in configuration.researchArchives.enumerated() {
            do throws(ConfigurationError) {
                let loaded = try section.loadedProfile(
                    mappings: configuration.mappings, at: "researchArchives[\(index)]")
                items.append(
                    .ok(
                        "\(section.name).profile",
                        "\(loaded.profile.name) \(loaded.profile.version), \(loaded.profile.digest.prefix(12))…"))
            } catch {
                items.append(.configuration("\(section.name).profile", error))
            }
        }
        do {
            let peers = try configuration.researchPeers(limits: PeerChecks.limits)
            for (index, peer) in peers.enumerated() { items += await check(peer, at: "researchArchives[\(index)]") }
        } catch {
            items.append(.configuration("researchArchives", error))
        }
        return items
    }

    private func check(_ peer: Peer, at section: String) async -> [CheckItem] {
        let words = PeerWords(peer: "the research archive \(peer.name)", section: section)
        let checks = PeerChecks(peer: peer, words: words, now: now)
        let client: OutboundClient
        do {
            client = try OutboundClient(peer: peer)
        } catch {
            let (message, remedy) = words.words(.tlsFile)
            return [
                CheckItem(
                    "\(peer.name).connection", .problem, code: "\(peer.name).\(error.code.rawValue)", message,
                    remedy: remedy, area: .configuration)
            ]
        }
        let items = await ArchiveChecks(
            checks: checks, archive: DICOMwebArchive(name: peer.name, client: client)
        ).items()
        await client.shutdown()
        return items
    }
}
