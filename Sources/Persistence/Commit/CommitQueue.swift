import GRDB
import Workflow

/// Group commit: work that waits while a commit is under way goes into the next one together, with one sync for all. A
/// piece of work that fails takes nothing else with it; all return after the commit is on disk.
///
/// One of the waiting callers leads: it commits one batch, hands the lead to the next one and returns. So nobody serves
/// others for longer than a batch, and no task outlives its caller. Cancelling a caller does not cancel the commit.
actor CommitQueue {
    private enum Turn: Sendable {
        case lead
        case done(StoreCommit.Outcome)
    }

    private struct Member {
        let work: StoreCommit.Work
        let turn: CheckedContinuation<Turn, Never>
    }

    private let writer: any DatabaseWriter
    private let commit: StoreCommit
    private let tidying: Tidying
    private let batchLimit: Int
    private var waiting: [Member] = []
    /// Whether somebody leads; for tests.
    private(set) var isBusy = false

    init(writer: any DatabaseWriter, context: StoreContext, batchLimit: Int = 256) {
        self.writer = writer
        self.batchLimit = batchLimit
        commit = StoreCommit(context: context)
        tidying = Tidying(writer: writer, commit: commit)
    }

    /// How many wait for the next commit; for tests.
    var waitingCount: Int { waiting.count }
    /// How many transactions were committed, each with one sync; for tests.
    nonisolated var commitCount: Int { commit.count }

    /// Runs the work inside an immediate transaction and returns its result once that is durable. The work may run
    /// again, in another transaction, where other work of the same commit failed.
    func commit<Value: Sendable>(_ work: @escaping @Sendable (StoreTransaction) throws -> Value)
        async throws(AdapterError) -> Value
    {
        do {
            guard let value = try await result(of: { try work($0) }).get() as? Value else {
                throw AdapterError(.fault, code: "store.unexpected")
            }
            return value
        } catch {
            throw AdapterError(store: error)
        }
    }

    private func result(of work: @escaping StoreCommit.Work) async -> StoreCommit.Outcome {
        if isBusy {
            let turn = await withCheckedContinuation { waiting.append(Member(work: work, turn: $0)) }
            if case .done(let result) = turn { return result }
        }
        isBusy = true
        let others = Array(waiting.prefix(batchLimit - 1))
        waiting.removeFirst(others.count)
        let results = await write([work] + others.map(\.work))
        for (member, result) in zip(others, results.dropFirst()) { member.turn.resume(returning: .done(result)) }
        passOn()
        return results.first ?? .failure(AdapterError(.fault, code: "store.unexpected"))
    }

    /// The first one waiting leads the next batch; it takes itself out of the row.
    private func passOn() {
        guard !waiting.isEmpty else {
            isBusy = false
            return
        }
        waiting.removeFirst().turn.resume(returning: .lead)
    }

    private func write(_ batch: [StoreCommit.Work]) async -> [StoreCommit.Outcome] {
        let results = await withCheckedContinuation { continuation in
            writer.asyncWriteWithoutTransaction { [commit] db in
                continuation.resume(returning: commit(batch, in: db))
            }
        }
        tidying.wake()
        return results
    }
}
