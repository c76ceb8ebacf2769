import GRDB
public import Sealing
public import Workflow

/// Orders, outbox, messages and audit leaves in one SQLite file: WAL, `synchronous=FULL`, every change an immediate
/// transaction. Several processes may open one folder; the log cannot fork, because index and frontier live in the
/// transaction. What names a patient is sealed or a keyed index value.
public struct SQLiteStore: Sendable {
    let pool: DatabasePool
    let commits: CommitQueue
    let context: StoreContext
    let proven = ProvenLog()
    /// The folder that was opened.
    public let folder: DataFolder

    /// Opens the store of a folder, and creates or migrates it.
    /// - Throws: `fault` for a damaged file, keys of another installation, a newer schema, or a SQLite that does not
    ///   sync each commit.
    public static func open(
        _ folder: DataFolder, keys: KeyRing, options: StoreOptions = StoreOptions()
    ) throws(AdapterError) -> SQLiteStore {
        // One process at a time creates, migrates and switches to WAL.
        try FileLock.whileLocked(folder.openLockPath) { () throws(AdapterError) in
            try openLocked(folder, keys: keys, options: options)
        }
    }

    /// Whether the store of a folder can be opened with these keys; nothing is created, migrated or claimed.
    /// - Throws: as `open`; `fault` `store.damaged` for a file that is no store.
    public static func inspect(_ folder: DataFolder, keys: KeyRing) throws(AdapterError) {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            let queue = try DatabaseQueue(path: folder.databasePath, configuration: configuration)
            try queue.read { db in
                guard try db.tableExists("meta") else { throw StoreFailure.damaged }
                let owner = try String.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'installation'")
                guard owner == nil || owner == keys.installation else { throw StoreFailure.keysMismatch }
            }
            try Migrations.refuseNewer(queue)
        } catch {
            throw AdapterError(store: error)
        }
    }

    private static func openLocked(
        _ folder: DataFolder, keys: KeyRing, options: StoreOptions
    ) throws(AdapterError) -> SQLiteStore {
        try DataFolder.makePrivateFile(folder.databasePath)
        do {
            let pool = try DatabasePool(path: folder.databasePath, configuration: configuration(options))
            try makeDurable(pool)
            try Migrations.migrate(pool)
            let context = StoreContext(keys: keys, options: options)
            let store = SQLiteStore(pool: pool, context: context, folder: folder)
            try store.claim()
            try store.complete()
            return store
        } catch {
            throw AdapterError(store: error)
        }
    }

    private init(pool: DatabasePool, context: StoreContext, folder: DataFolder) {
        self.pool = pool
        self.context = context
        self.folder = folder
        commits = CommitQueue(writer: pool, context: context)
    }

    private static func configuration(_ options: StoreOptions) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(Double(options.busyTimeout.wholeMicroseconds) / 1_000_000)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF")
            if let pages = options.maximumPages { try db.execute(sql: "PRAGMA max_page_count = \(pages)") }
        }
        return configuration
    }

    /// GRDB sets `synchronous=NORMAL` when it switches to WAL, after `prepareDatabase`: so this comes afterwards, and
    /// what SQLite says is checked.
    private static func makeDurable(_ pool: DatabasePool) throws {
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // Only the writer: a batch must not spill half of its pages before it commits, and an index page that many
            // batches change is copied back to the file once for all of them.
            try db.execute(sql: "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 8192")
            guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2,
                try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal"
            else { throw StoreFailure.notDurable }
        }
    }

    /// Ties the folder to the key ring that sealed it.
    private func claim() throws {
        try pool.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                let transaction = StoreTransaction(db: db, context: context)
                let owner = try transaction.meta("installation")
                guard owner == nil || owner == context.keys.installation else { throw StoreFailure.keysMismatch }
                if owner == nil { try transaction.setMeta("installation", context.keys.installation) }
                context.rename(epoch: try transaction.provenEpoch())
                return .commit
            }
        }
    }

    /// Finishes what a migration could not do without the keys.
    private func complete() throws {
        let commit = StoreCommit(context: context)
        while try pool.writeWithoutTransaction({ db in try commit.write(in: db) { try $0.addMissingPatients() } }) {}
    }

    /// Ends all leases: what a process left behind when it died, or when it could not write any more, is due again at
    /// once. Work that is still under way fails at its commit and is done again. Only for the process that holds the
    /// serve lock (`FileLock.serving`).
    public func endLeases() async throws(AdapterError) {
        try await endLeases(in: ["orders", "outbox", "replies", "exports"])
    }

    /// The same for orders, deliveries and replies alone: a copy for research takes long, and goes on.
    public func endClinicalLeases() async throws(AdapterError) {
        try await endLeases(in: ["orders", "outbox", "replies"])
    }

    private func endLeases(in tables: [String]) async throws(AdapterError) {
        try await change { transaction in
            transaction.batch.wakes = true
            for table in tables {
                try transaction.execute(
                    "UPDATE \(table) SET fence = fence + 1, lease_until = 0 WHERE lease_until > 0", [])
            }
        }
    }

    /// Runs in a durable transaction, possibly together with others.
    func change<Value: Sendable>(
        _ work: @escaping @Sendable (StoreTransaction) throws -> Value
    ) async throws(AdapterError) -> Value {
        try await commits.commit(work)
    }

    /// Reads one snapshot.
    func read<Value: Sendable>(
        _ work: @escaping @Sendable (StoreTransaction) throws -> Value
    ) async throws(AdapterError) -> Value {
        let context = context
        do {
            return try await pool.read { try work(StoreTransaction(db: $0, context: context)) }
        } catch {
            throw AdapterError(store: error)
        }
    }
}
