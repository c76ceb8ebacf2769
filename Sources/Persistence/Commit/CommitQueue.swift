import GRDB
import Workflow

/// Group commit: work that waits while a commit is under way goes into the next one together. Each piece of work runs in
/// a savepoint of its own, so that one that fails takes nothing else with it; all return after the commit is on disk.
///
/// One of the waiting callers leads: it commits one batch, hands the lead to the next one and returns. So nobody serves
/// others for longer than a batch, and no task outlives its caller. Cancelling a caller does not cancel the commit.
actor CommitQueue {
    private enum Turn: Sendable {
        case lead
        case done(Result<any Sendable, any Error>)
    }

    typealias Work = @Sendable (Database) throws -> any Sendable

    private struct Member {
        let work: Work
        let turn: CheckedContinuation<Turn, Never>
    }

    private let writer: any DatabaseWriter
    private let batchLimit: Int
    private var waiting: [Member] = []
    private var isBusy = false

    init(writer: any DatabaseWriter, batchLimit: Int = 256) {
        self.writer = writer
        self.batchLimit = batchLimit
    }

    /// How many wait for the next commit; for tests.
    var waitingCount: Int { waiting.count }

    /// Runs the work inside an immediate transaction and returns its result once that is durable.
    func commit<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws(AdapterError)
        -> Value
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

    private func result(of work: @escaping Work) async -> Result<any Sendable, any Error> {
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

    private func write(_ batch: [Work]) async -> [Result<any Sendable, any Error>] {
        await withCheckedContinuation { continuation in
            writer.asyncWriteWithoutTransaction { db in continuation.resume(returning: Self.commit(batch, in: db)) }
        }
    }

    private static func commit(_ batch: [Work], in db: Database) -> [Result<any Sendable, any Error>] {
        var results: [Result<any Sendable, any Error>] = []
        do {
            try db.inTransaction(.immediate) {
                for work in batch { results.append(try attempt(work, in: db)) }
                return .commit
            }
            return results
        } catch {
            // Nothing of the batch is stored. Whoever failed by itself hears its own reason.
            return batch.indices.map { index in
                if index < results.count, case .failure = results[index] { results[index] } else { .failure(error) }
            }
        }
    }

    /// - Throws: where SQLite has ended the whole transaction, as it may for a full disk.
    private static func attempt(_ work: Work, in db: Database) throws -> Result<any Sendable, any Error> {
        do {
            var value: (any Sendable)?
            try db.inSavepoint {
                value = try work(db)
                return .commit
            }
            return value.map { .success($0) } ?? .failure(AdapterError(.fault, code: "store.unexpected"))
        } catch {
            guard db.isInsideTransaction else { throw error }
            return .failure(error)
        }
    }
}
