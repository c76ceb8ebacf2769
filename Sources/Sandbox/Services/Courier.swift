internal import Foundation
internal import OutboundHTTP

/// Delivers what subscriptions ask for, in the order in which it happened; each is tried three times.
struct Courier {
    let tls: SandboxTLS?
    /// Whether a delivery is still to go out when its turn comes.
    let isWanted: @Sendable (SubscriptionDelivery) async -> Bool
    /// Hears whether it arrived.
    let onOutcome: @Sendable (SubscriptionDelivery, Bool) async -> Void

    func carry(_ deliveries: AsyncStream<SubscriptionDelivery>) async {
        for await delivery in deliveries where await isWanted(delivery) {
            await onOutcome(delivery, await arrives(delivery))
        }
    }

    private func arrives(_ delivery: SubscriptionDelivery) async -> Bool {
        guard let target = URLComponents(string: delivery.url), let host = target.host, let scheme = target.scheme,
            let peer = try? Peer(
                name: "hook", base: "\(scheme)://\(host):\(target.port ?? (scheme == "https" ? 443 : 80))",
                tls: tls?.httpClient),
            // Nothing leaves this machine, whatever a subscription says.
            peer.root.isLoopback, let path = peer.root.path(rebasing: delivery.url),
            let method = OutboundRequest.Method(rawValue: delivery.method), let client = try? OutboundClient(peer: peer)
        else { return false }
        let request = OutboundRequest(method, path, headers: delivery.headers, body: delivery.body)
        var hasArrived = false
        for attempt in 0..<3 where !hasArrived && !Task.isCancelled {
            if attempt > 0 { try? await Task.sleep(for: .seconds(1)) }
            hasArrived = (try? await client.send(request)) != nil
        }
        await client.shutdown()
        return hasArrived
    }
}
