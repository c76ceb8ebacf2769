internal import Synchronization

/// The messages that wait for ``MLLPClient/run()``, in the order in which they came.
final class RequestQueue: Sendable {
    private struct State {
        var waiting: [SendRequest] = []
        var signal: AsyncStream<Void>.Continuation?
        var isEnded = false
    }

    private let state = Mutex(State())

    /// False when the client has ended: nothing will take the request.
    func append(_ request: SendRequest) -> Bool {
        let (isTaken, signal) = state.withLock {
            if !$0.isEnded { $0.waiting.append(request) }
            return (!$0.isEnded, $0.signal)
        }
        signal?.yield()
        return isTaken
    }

    /// A signal for each time that something may wait; nil when somebody takes from the queue already.
    func start() -> AsyncStream<Void>? {
        let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let isFirst = state.withLock {
            guard $0.signal == nil else { return false }
            $0.signal = signal
            $0.isEnded = false
            return true
        }
        guard isFirst else { return nil }
        signal.yield()
        return signals
    }

    /// The oldest request that somebody still waits for, taken out.
    func next() -> SendRequest? {
        state.withLock {
            guard let index = $0.waiting.firstIndex(where: { !$0.isDone }) else {
                $0.waiting = []
                return nil
            }
            let request = $0.waiting[index]
            $0.waiting.removeSubrange(...index)
            return request
        }
    }

    /// Answers all that wait at this moment.
    func failAll(_ error: MLLPError) {
        let waiting = state.withLock {
            let waiting = $0.waiting
            $0.waiting = []
            return waiting
        }
        for request in waiting { request.finish(.failure(error)) }
    }

    /// Nothing is taken any more until the next ``start()``.
    func end() {
        state.withLock {
            $0.signal?.finish()
            $0.signal = nil
            $0.isEnded = true
        }
        failAll(MLLPError(code: .notConnected))
    }
}
