import OutboundHTTP

/// Asks the admin listener whether the gateway is ready.
struct HealthProbe {
    let port: Int

    enum Answer: Sendable, Equatable {
        case ready
        /// In its own words, where it said any.
        case notReady(String?)
    }

    func ask() async -> Answer {
        guard let peer = try? Peer(name: "admin", base: "http://127.0.0.1:\(port)"),
            let client = try? OutboundClient(peer: peer), let path = RequestPath(["health", "ready"])
        else { return .notReady(nil) }
        let inquiry = try? await client.inquire(OutboundRequest(.get, path))
        await client.shutdown()
        guard let answer = inquiry?.answer else { return .notReady(nil) }
        let words = String(decoding: answer.body.prefix(100), as: UTF8.self).split(separator: "\n").first.map(
            String.init)
        return answer.head.status == 200 ? .ready : .notReady(words)
    }
}
