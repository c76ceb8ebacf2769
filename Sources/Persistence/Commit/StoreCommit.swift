import GRDB
import Synchronization
import Workflow

/// One transaction for several pieces of work.
final class StoreCommit: Sendable {
    typealias Work = @Sendable (StoreTransaction) throws -> any Sendable
    typealias Outcome = Result<any Sendable, any Error>

    /// Entries in memory above which each commit sorts some in, so that memory stays bounded under lasting load.
    static let recentLimit = 1 << 19

    let context: StoreContext
    private let commits = Atomic(0)

    init(context: StoreContext) { self.context = context }

    /// How many transactions were committed for somebody, each with one sync.
    var count: Int { commits.load(ordering: .relaxed) }

    /// Runs all in one transaction. Where one fails, nothing of it stays, and all run again, each in a savepoint of its
    /// own: that costs only those who share a commit with a failure.
    func callAsFunction(_ batch: [Work], in db: Database) -> [Outcome] {
        var hasBegun = false
        do {
            let results: [Outcome] = try write(in: db) { transaction in
                hasBegun = true
                return try batch.map { .success(try $0(transaction)) }
            }
            commits.add(1, ordering: .relaxed)
            return results
        } catch {
            // A lock or a full disk meets everybody; a failure of the only piece of work is its own.
            guard hasBegun, batch.count > 1 else { return batch.map { _ in .failure(error) } }
            return apart(batch, in: db)
        }
    }

    private func apart(_ batch: [Work], in db: Database) -> [Outcome] {
        var results: [Outcome] = []
        do {
            let stored = try write(in: db) { transaction in
                for work in batch { results.append(try attempt(work, in: transaction)) }
                return results
            }
            commits.add(1, ordering: .relaxed)
            return stored
        } catch {
            // Nothing of the batch is stored. Whoever failed by itself hears its own reason.
            return batch.indices.map { index in
                if index < results.count, case .failure = results[index] { results[index] } else { .failure(error) }
            }
        }
    }

    /// - Throws: where SQLite has ended the whole transaction, as it may for a full disk.
    private func attempt(_ work: Work, in transaction: StoreTransaction) throws -> Outcome {
        let saved = transaction.batch.saved
        do {
            var outcome: Outcome?
            try transaction.db.inSavepoint {
                outcome = .success(try work(transaction))
                return .commit
            }
            return outcome ?? .failure(AdapterError(.fault, code: "store.unexpected"))
        } catch {
            guard transaction.db.isInsideTransaction else { throw error }
            transaction.batch.restore(saved)
            return .failure(error)
        }
    }

    /// One immediate transaction with its beginning and its end; memory follows once it is committed.
    func write<Value>(in db: Database, _ body: (StoreTransaction) throws -> Value) throws -> Value {
        let transaction = StoreTransaction(db: db, context: context)
        var value: Value?
        var row: Int64?
        var sorted: (entries: [LookupEntry], through: Int64)?
        try db.inTransaction(.immediate) {
            try transaction.begin()
            value = try body(transaction)
            row = try transaction.end()
            if context.recent.count > Self.recentLimit {
                sorted = try transaction.sortInLookups(4 * transaction.batch.entries.count)
            }
            return .commit
        }
        if transaction.batch.wakes { context.idle.forget() }
        if let row { context.recent.add(transaction.batch.entries, of: row) }
        if let sorted { context.recent.remove(sorted.entries, through: sorted.through) }
        guard let value else { throw AdapterError(.fault, code: "store.unexpected") }
        return value
    }
}
