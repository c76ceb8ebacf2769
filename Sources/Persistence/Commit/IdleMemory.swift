import Synchronization
import Workflow

/// Remembers for a moment that nothing was due, so that loops that are woken by every message do not read the store as
/// often. What this process writes ends it at once; what another one writes is seen a moment later, as with any poll.
final class IdleMemory: Sendable {
    /// What is asked for.
    enum Question: Hashable, Sendable {
        case orders
        case outbox(DeliveryLane)
        case replies
        case exports(String)
    }

    private struct Answer {
        let generation: Int
        let now: Timestamp
        let instant: ContinuousClock.Instant
    }

    private static let moment = Duration.milliseconds(20)
    private let generation = Atomic(0)
    private let answers = Mutex<[Question: Answer]>([:])

    /// Something that may be due was committed.
    func forget() { generation.add(1, ordering: .sequentiallyConsistent) }

    /// Whether it was just found that nothing is due.
    func isIdle(_ question: Question, now: Timestamp) -> Bool {
        guard let answer = answers.withLock({ $0[question] }) else { return false }
        let passed = now - answer.now
        return answer.generation == generation.load(ordering: .sequentiallyConsistent) && passed >= .zero
            && passed < Self.moment && answer.instant.duration(to: .now) < Self.moment
    }

    /// Asks, and remembers a no. What is committed while it is asked counts as not seen.
    func ask<Failure>(
        _ question: Question, now: Timestamp, _ body: () async throws(Failure) -> Bool
    ) async throws(Failure) -> Bool {
        let (before, instant) = (generation.load(ordering: .sequentiallyConsistent), ContinuousClock.now)
        guard !(try await body()) else { return true }
        answers.withLock { $0[question] = Answer(generation: before, now: now, instant: instant) }
        return false
    }
}
