import OutboundHTTP

/// A client for the time of `body`.
@discardableResult
func withClient<Result: Sendable>(
    _ peer: Peer, breaker: CircuitBreaker = CircuitBreaker(), body: (OutboundClient) async throws -> Result
) async throws -> Result {
    let client = try OutboundClient(peer: peer, breaker: breaker)
    let outcome: Swift.Result<Result, any Error>
    do {
        outcome = .success(try await body(client))
    } catch {
        outcome = .failure(error)
    }
    await client.shutdown()
    return try outcome.get()
}

/// A peer on loopback.
func testPeer(_ port: Int, path: String = "", limits: OutboundLimits = OutboundLimits()) throws -> Peer {
    try Peer(name: "peer", base: "http://127.0.0.1:\(port)\(path)", limits: limits)
}
