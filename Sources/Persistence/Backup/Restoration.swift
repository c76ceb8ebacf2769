public import Audit
import GRDB
import MerkleLog
public import Sealing
public import Workflow

/// Puts a backup into an empty data folder.
///
/// Everything is made ready below `.restoring` in the data folder; the last step renames the database into its place. A
/// crash before it leaves no installation, one after it a whole one; a further try clears what is left.
public struct StoreRestore: Sendable {
    /// What was put back.
    public struct Result: Sendable {
        /// The log's name from here on.
        public let origin: String
        /// Leaves with those that tell of the restore.
        public let size: UInt64
        /// Data keys that had been destroyed after the backup and were destroyed again.
        public let destroyedAgain: Int
    }

    private static let workName = ".restoring"
    private static let leftovers: Set<String> = [
        workName, "checkpoints", "scratch", BackupFiles.segments, "serve.lock", "open.lock",
    ]

    private let backup: BackupFolder
    private let data: DataFolder
    private let keys: KeyRing
    private let outside: [CheckpointFolder]

    /// A restore that was not begun.
    public init(_ backup: BackupFolder, to data: DataFolder, keys: KeyRing, outside: [CheckpointFolder]) {
        (self.backup, self.data, self.keys, self.outside) = (backup, data, keys, outside)
    }

    /// The log's keys as the key file has them: no trust in what lies beside the backup.
    private func logKeys() throws(AdapterError) -> LogKeys {
        try backup.keys(anchor: keys.anchorKey(), outside: outside)
    }

    /// Looks at everything and changes nothing.
    /// - Throws: `busy` `store.served`; `conflict` `restore.notEmpty`; `fault` `store.keysMismatch`,
    ///   `restore.masterMissing`; what `BackupFolder.verify` throws.
    public func inspect() throws(AdapterError) -> BackupVerification {
        if FileLock.isServed(data) { throw AdapterError(.busy, code: "store.served") }
        guard isFree else { throw AdapterError(.conflict, code: "restore.notEmpty") }
        let found = try backup.verify(keys: logKeys(), outside: outside)
        guard found.manifest.origin.base == keys.logOrigin else { throw AdapterError(store: StoreFailure.keysMismatch) }
        guard Set(found.manifest.masters).isSubset(of: keys.masters.map(\.id)) else {
            throw AdapterError(.fault, code: "restore.masterMissing")
        }
        return found
    }

    private var isFree: Bool {
        DataFolder.names(in: data.path).allSatisfy { name in
            Self.leftovers.contains(name) || name.hasPrefix("store.sqlite") && name != "store.sqlite"
        }
    }

    /// Puts the backup back and tells so in its log, before anybody can serve it.
    /// - Parameters:
    ///   - loses: whether outside checkpoints tell of records that are lost: the log goes on under its next name then.
    ///   - records: the records that tell of the restore; the event of the first is `log.restored` where records are
    ///     lost, `restore` else.
    /// - Throws: what `inspect` throws; `incorrect` `backup.changed`.
    public func run(_ found: BackupVerification, loses: Bool, record: AuditRecord) async throws(AdapterError) -> Result
    {
        guard found.isWhole else { throw AdapterError(.incorrect, code: "backup.changed") }
        _ = try inspect()
        _ = try DataFolder(creating: data.path)
        let lock = try FileLock.serving(data)
        let work = "\(data.path)/\(Self.workName)"
        BackupFiles.remove(work)
        do {
            let place = try DataFolder(creating: work)
            try BackupFiles.copy(backup.database.databasePath, to: place.databasePath)
            try restoreSegments()
            let result = try await tell(place, loses: loses, record: record)
            try moveIntoPlace(place)
            BackupFiles.remove(work)
            _ = consume lock
            return result
        } catch {
            BackupFiles.remove(work)
            throw AdapterError(store: error)
        }
    }

    private func restoreSegments() throws {
        guard BackupFiles.isFolder(backup.segments) else { return }
        let target = "\(data.path)/\(BackupFiles.segments)"
        BackupFiles.remove(target)
        try DataFolder.makeFolder(target)
        try BackupFiles.copy(from: backup.segments, to: target) { _ in true }
        try BackupFiles.sync(folder: target)
    }

    /// Opens the copy in its waiting place, appends what is to be told, and closes it.
    private func tell(_ place: DataFolder, loses: Bool, record: AuditRecord) async throws -> Result {
        let store = try SQLiteStore.open(place, keys: keys, options: StoreOptions(archiveFolders: segmentFolders))
        do {
            if loses {
                let seen = BackupFolder.latestEpoch(keys: try logKeys(), outside: outside)
                try await store.raiseEpoch(to: seen)
                try await store.beginEpoch(record: record)
            } else {
                try await store.record([record])
            }
            if let folder = segmentFolders.first { _ = try await store.relocateSegments(to: folder) }
            let destroyed = try await store.destroyAgain(DestroyedKeys.registered(in: outside), record: record)
            try await store.endLeases()
            _ = try await store.checkpoint(to: [])
            let size = try await store.counts().leaves
            let result = Result(origin: store.logOrigin, size: size, destroyedAgain: destroyed)
            try store.close()
            return result
        } catch {
            try? store.close()
            throw error
        }
    }

    private var segmentFolders: [String] {
        BackupFiles.isFolder(backup.segments) ? ["\(data.path)/\(BackupFiles.segments)"] : []
    }

    private func moveIntoPlace(_ place: DataFolder) throws {
        // Nothing may stay behind in a write-ahead log: one file, which is whole.
        let queue = try DatabaseQueue(path: place.databasePath)
        let mode = try queue.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA journal_mode = DELETE") }
        try queue.close()
        guard mode == "delete" else { throw StoreFailure.file }
        try OpenFile(reading: place.databasePath).sync()
        for name in DataFolder.names(in: data.checkpointsPath) { BackupFiles.remove("\(data.checkpointsPath)/\(name)") }
        try BackupFiles.copy(from: place.checkpointsPath, to: data.checkpointsPath) { _ in true }
        try BackupFiles.copy(from: backup.checkpoints, to: data.checkpointsPath) { name in
            name.hasSuffix(".vkey") || name.hasSuffix(".handover")
        }
        try BackupFiles.sync(folder: data.checkpointsPath)
        for suffix in ["-wal", "-shm", "-journal"] { BackupFiles.remove(data.databasePath + suffix) }
        try BackupFiles.move(place.databasePath, to: data.databasePath)
        try BackupFiles.sync(folder: data.path)
    }
}
