import OutboundHTTP

/// Asks the admin listener whether the gateway is ready.
struct HealthProbe {
    let port: Int

    func isReady() async -> Bool {
        guard let peer = try? Peer(name: "admin", base: "http://127.0.0.1:\(port)"),
            let client = try? OutboundClient(peer: peer), let path = RequestPath(["health", "ready"])
        else { return false }
        let answer = try? await client.send(OutboundRequest(.get, path))
        await client.shutdown()
        return answer?.head.status == 200
    }
}
