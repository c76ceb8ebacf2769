import MerkleLog
import OutboundHTTP
import Workflow

/// Places of checkpoints and audit repositories: whether they can be reached, and by TLS where it is configured. Nothing
/// is sent.
struct OutsideChecks {
    let configuration: Configuration
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    private struct Target {
        let name: String
        let words: PeerWords
        let base: String
        var tls: ClientTLSSection?
        var allowPlaintext = false
    }

    func items() async -> [CheckItem] {
        var items: [CheckItem] = configuration.checkpoints.enumerated().compactMap { index, section in
            witnessKey(section, at: "checkpoints[\(index)].witness.key")
        }
        for target in places + repositories { items += await check(target) }
        return items
    }

    private var places: [Target] {
        configuration.checkpoints.enumerated().compactMap { index, section in
            let path = "checkpoints[\(index)].\(section.kind)"
            switch section.place {
            case .folder: return nil
            case .https(let service), .witness(let service, _):
                return target(section.name, "the place \(section.name)", service, path)
            case .timestamps(let service, _):
                return target(section.name, "the authority \(section.name)", service, path, allowPlaintext: true)
            case .syslog(let syslog): return target(section.name, "the place \(section.name)", syslog, path)
            }
        }
    }

    private var repositories: [Target] {
        configuration.auditFeeds.enumerated().map { index, feed in
            let words = "the audit repository \(feed.name)"
            switch feed.repository {
            case .syslog(let syslog): return target(feed.name, words, syslog, "auditFeeds[\(index)].syslog")
            case .fhir(let service, _):
                return Target(
                    name: feed.name, words: PeerWords(peer: words, section: "auditFeeds[\(index)].fhir"),
                    base: service.url, tls: service.tls)
            }
        }
    }

    private func target(
        _ name: String, _ words: String, _ service: HTTPPlaceSection, _ path: String, allowPlaintext: Bool = false
    ) -> Target {
        Target(
            name: name, words: PeerWords(service: words, section: path), base: service.url, tls: service.tls,
            allowPlaintext: allowPlaintext)
    }

    /// The address is probed as that of an HTTP peer would be: name, TCP and TLS are the same.
    private func target(_ name: String, _ words: String, _ syslog: SyslogSection, _ path: String) -> Target {
        let host = syslog.endpoint.host.contains(":") ? "[\(syslog.endpoint.host)]" : syslog.endpoint.host
        return Target(
            name: name, words: PeerWords(receiver: words, section: path),
            base: "\(syslog.tls == nil ? "http" : "https")://\(host):\(syslog.endpoint.port)", tls: syslog.tls)
    }

    private func witnessKey(_ section: CheckpointSection, at path: String) -> CheckItem? {
        guard case .witness(_, let key) = section.place, (try? WitnessVerifierKey(parsing: key)) == nil else {
            return nil
        }
        return .configuration(
            section.name,
            ConfigurationError(.invalidValue, at: path, "expected the line that `witness init` prints"))
    }

    private func check(_ target: Target) async -> [CheckItem] {
        do throws(OutboundHTTPError) {
            let peer = try Peer(
                name: target.name, base: target.base, tls: target.tls.map(ClientTLS.init), limits: PeerChecks.limits,
                allowPlaintext: target.allowPlaintext)
            return await PeerChecks(peer: peer, words: target.words, now: now).connection()
        } catch {
            let (message, remedy) = target.words.words(.name)
            return [
                CheckItem(
                    "\(target.name).connection", .problem, code: "\(target.name).\(error.code.rawValue)", message,
                    remedy: remedy, area: .configuration)
            ]
        }
    }
}
