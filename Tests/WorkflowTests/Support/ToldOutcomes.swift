import Synchronization
import Workflow

/// What counters were told of models.
final class ToldOutcomes: Sendable {
    private let outcomes = Mutex<[ModelOutcome]>([])

    func add(_ outcome: ModelOutcome) { outcomes.withLock { $0.append(outcome) } }

    var all: [ModelOutcome] { outcomes.withLock(\.self) }
}
