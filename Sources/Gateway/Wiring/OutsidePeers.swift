import OutboundHTTP

extension Configuration {
    /// Limits of an exchange with a place: small answers, and a stop that does not wait long.
    private static let outsideLimits = OutboundLimits(
        answerBytes: 1 << 20, connectTimeout: .seconds(5), inactivityTimeout: .seconds(10),
        answerTimeout: .seconds(20))

    /// The places of checkpoints and the audit repositories that are reached by HTTP.
    func outsidePeers() throws(ConfigurationError) -> [Peer] {
        var peers: [Peer] = []
        for (index, section) in checkpoints.enumerated() {
            let path = "checkpoints[\(index)].\(section.kind)"
            switch section.place {
            case .folder, .syslog: break
            case .https(let service), .witness(let service, _):
                peers.append(try Self.peer(section.name, service, at: path))
            case .timestamps(let service, _):
                // The answer is signed, and the question holds a digest only.
                peers.append(try Self.peer(section.name, service, at: path, allowPlaintext: true))
            }
        }
        for (index, feed) in auditFeeds.enumerated() {
            guard case .fhir(let service, _) = feed.repository else { continue }
            peers.append(try Self.peer(feed.name, service, at: "auditFeeds[\(index)].fhir"))
        }
        return peers
    }

    private static func peer(
        _ name: String, _ service: HTTPPlaceSection, at path: String, allowPlaintext: Bool = false
    ) throws(ConfigurationError) -> Peer {
        try peer(
            name, base: service.url, auth: service.auth, tls: service.tls, at: path, outsideLimits,
            allowPlaintext: allowPlaintext)
    }
}
