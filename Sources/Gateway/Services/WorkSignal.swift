import Synchronization

/// Wakes the work loops: after a message was accepted, and on every tick for what other processes changed.
final class WorkSignal: Sendable {
    private let listeners = Mutex<[AsyncStream<Void>.Continuation]>([])

    /// A stream that yields after each `notify`; several in a row count as one.
    func subscribe() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        listeners.withLock { $0.append(continuation) }
        return stream
    }

    func notify() {
        for listener in listeners.withLock({ $0 }) { listener.yield() }
    }
}
