import MLLP

/// Runs a listener on a free port for the time of `body`, then stops it in an orderly way.
func withListener(
    _ configuration: ListenerConfiguration = ListenerConfiguration(port: 0),
    onFrame: @escaping @Sendable (ReceivedFrame) async -> FrameReply,
    onRefused: @escaping @Sendable (RefusedBytes) async -> Void = { _ in },
    body: (_ port: Int, _ listener: MLLPListener) async throws -> Void
) async throws -> ListenerCounters {
    let listener = MLLPListener(configuration: configuration, onFrame: onFrame, onRefused: onRefused)
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    async let running: Void = listener.run { port.yield($0) }
    for await bound in ports {
        do {
            try await body(bound, listener)
        } catch {
            listener.stop()
            throw error
        }
        break
    }
    listener.stop()
    try await running
    return listener.counters
}
