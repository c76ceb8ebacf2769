import Dispatch
import GRDB
import Synchronization
import Workflow

/// What can wait until nobody waits: sorting lookup entries into their table, in small commits once the store has been
/// quiet for a moment. It changes nothing that anybody can see, and a process that ends meanwhile loses nothing.
final class Tidying: Sendable {
    /// Entries and leaves that may wait for ever: sorting fewer together costs more pages than it is worth.
    static let (entryReserve, leafReserve) = (4096, 1024)
    private static let (entrySlice, leafSlice) = (1024, 128)
    private static let quiet = DispatchTimeInterval.milliseconds(100)

    private let writer: any DatabaseWriter
    private let commit: StoreCommit
    private let queue = DispatchQueue(label: "store.tidying", qos: .utility)
    private let isScheduled = Atomic(false)

    init(writer: any DatabaseWriter, commit: StoreCommit) {
        self.writer = writer
        self.commit = commit
    }

    /// After a commit: looks, a moment later, whether there is something to do.
    func wake() {
        guard !isScheduled.exchange(true, ordering: .relaxed) else { return }
        let seen = commit.count
        queue.asyncAfter(deadline: .now() + Self.quiet) { [weak self] in self?.look(since: seen) }
    }

    private func look(since seen: Int) {
        isScheduled.store(false, ordering: .relaxed)
        // Somebody is at work: the next look is after that.
        guard commit.count == seen else { return wake() }
        writer.asyncWriteWithoutTransaction { [weak self] db in
            guard let self, (try? slice(in: db)) == true else { return }
            wake()
        }
    }

    /// One slice; false where nothing is left to do. Public to tests.
    func slice(in db: Database) throws -> Bool {
        var sorted: (entries: [LookupEntry], through: Int64)?
        let isLeft = try commit.write(in: db) { transaction in
            if commit.context.recent.count > Self.entryReserve {
                sorted = try transaction.sortInLookups(Self.entrySlice)
            }
            let leaves = try transaction.sortInSubjects(Self.leafSlice, keeping: Self.leafReserve)
            return sorted != nil || leaves > 0
        }
        if let sorted { commit.context.recent.remove(sorted.entries, through: sorted.through) }
        return isLeft
    }
}
