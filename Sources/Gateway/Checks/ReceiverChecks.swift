import OutboundHTTP
import Workflow

/// Receivers of messages by MLLP: whether they can be reached, and by TLS where it is configured. No message is sent.
struct ReceiverChecks {
    let configuration: Configuration
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    /// Everything that the gateway sends messages to: results first, then addresses for acknowledgments.
    private var receivers: [(name: String, words: PeerWords, section: MLLPPeerSection)] {
        configuration.results.enumerated().map { index, result in
            (
                result.name, PeerWords(receiver: "the receiver \(result.name)", section: "results[\(index)]"),
                result.address
            )
        }
            + configuration.sources.compactMap { source in
                source.acknowledgments.map { address in
                    (
                        "\(source.name)-acknowledgments",
                        PeerWords(
                            receiver: "the receiver of acknowledgments of \(source.name)",
                            section: "sources.\(source.name).acknowledgments"), address
                    )
                }
            }
    }

    func items() async -> [CheckItem] {
        var items: [CheckItem] = []
        for receiver in receivers { items += await check(receiver.name, receiver.words, receiver.section) }
        return items
    }

    private func check(_ name: String, _ words: PeerWords, _ section: MLLPPeerSection) async -> [CheckItem] {
        let host = section.endpoint.host.contains(":") ? "[\(section.endpoint.host)]" : section.endpoint.host
        do throws(OutboundHTTPError) {
            // The address is probed as that of an HTTP peer would be: name, TCP and TLS are the same.
            let peer = try Peer(
                name: name, base: "\(section.tls == nil ? "http" : "https")://\(host):\(section.endpoint.port)",
                tls: section.tls.map(ClientTLS.init), limits: PeerChecks.limits)
            return await PeerChecks(peer: peer, words: words, now: now).connection()
        } catch {
            let (message, remedy) = words.words(.name)
            return [
                CheckItem(
                    "\(name).connection", .problem, code: "\(name).\(error.code.rawValue)", message, remedy: remedy,
                    area: .configuration)
            ]
        }
    }
}
