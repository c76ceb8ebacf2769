import Synchronization
import Workflow

/// A clock that stands still until a test moves it.
final class ManualClock: WallClock {
    private struct Sleeper {
        let due: Timestamp
        let wake: AsyncStream<Void>.Continuation
    }

    private let state = Mutex((now: Timestamp(microseconds: 1_795_000_000_000_000), sleepers: [Sleeper]()))

    func now() -> Timestamp { state.withLock { $0.now } }

    func advance(_ duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now + duration
            let due = state.sleepers.filter { $0.due <= state.now }
            state.sleepers.removeAll { $0.due <= state.now }
            return due
        }
        for sleeper in due { sleeper.wake.finish() }
    }

    /// Ends when the clock has been moved far enough, or the task is cancelled.
    func sleep(for duration: Duration) async throws {
        let (stream, wake) = AsyncStream.makeStream(of: Void.self)
        state.withLock { $0.sleepers.append(Sleeper(due: $0.now + duration, wake: wake)) }
        for await _ in stream {}
        try Task.checkCancellation()
    }
}
