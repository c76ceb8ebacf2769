internal import Foundation
internal import OutboundHTTP

/// Delivers what subscriptions ask for, in the order in which it happened; each is tried three times.
struct Courier {
    let tls: SandboxTLS?
    /// Hears of what could not be delivered.
    let onFailure: @Sendable (SubscriptionDelivery) async -> Void

    func carry(_ deliveries: AsyncStream<SubscriptionDelivery>) async {
        for await delivery in deliveries where await !arrives(delivery) { await onFailure(delivery) }
    }

    private func arrives(_ delivery: SubscriptionDelivery) async -> Bool {
        guard let target = URLComponents(string: delivery.url), let host = target.host, let scheme = target.scheme,
            let peer = try? Peer(
                name: "hook", base: "\(scheme)://\(host):\(target.port ?? (scheme == "https" ? 443 : 80))",
                tls: tls?.httpClient),
            let path = peer.root.path(rebasing: delivery.url),
            let method = OutboundRequest.Method(rawValue: delivery.method), let client = try? OutboundClient(peer: peer)
        else { return false }
        let request = OutboundRequest(method, path, headers: delivery.headers, body: delivery.body)
        var hasArrived = false
        for _ in 0..<3 where !hasArrived && !Task.isCancelled {
            hasArrived = (try? await client.send(request)) != nil
            if !hasArrived { try? await Task.sleep(for: .seconds(1)) }
        }
        await client.shutdown()
        return hasArrived
    }
}
