internal import Foundation
internal import OutboundHTTP

/// Delivers what subscriptions ask for, in the order in which it happened. What cannot be delivered is dropped, as an
/// EHR's rest-hook may do: the gateway polls as well.
struct Courier {
    let tls: SandboxTLS?

    func carry(_ deliveries: AsyncStream<SubscriptionDelivery>) async {
        for await delivery in deliveries { await carry(delivery) }
    }

    private func carry(_ delivery: SubscriptionDelivery) async {
        guard let target = URLComponents(string: delivery.url), let host = target.host, let scheme = target.scheme,
            let peer = try? Peer(
                name: "hook", base: "\(scheme)://\(host):\(target.port ?? (scheme == "https" ? 443 : 80))",
                tls: tls?.httpClient),
            let path = peer.root.path(rebasing: delivery.url),
            let method = OutboundRequest.Method(rawValue: delivery.method), let client = try? OutboundClient(peer: peer)
        else { return }
        _ = try? await client.send(OutboundRequest(method, path, headers: delivery.headers, body: delivery.body))
        await client.shutdown()
    }
}
