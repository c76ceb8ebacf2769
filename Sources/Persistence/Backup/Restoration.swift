public import Audit
import FHIR
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
    private static let asideName = ".before-restore-"
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
    /// - Throws: `incorrect` `backup.handovers` where one of them was handed over to a key that the file has not: it is
    ///   an old copy, and could not read what was promised since.
    private func logKeys() throws(AdapterError) -> LogKeys {
        let own = try keys.logKeys()
        guard backup.connected(to: own, outside: outside).allSatisfy({ own.handovers.contains($0.handover) }) else {
            throw AdapterError(.incorrect, code: "backup.handovers")
        }
        return own
    }

    /// Checkpoints of the data folder that is replaced, and of those that were moved aside before, but not those that an
    /// interrupted restore wrote: they promised nothing to anybody.
    private var former: [HeldCheckpoint] {
        let (parent, name) = (SQLiteStore.parent(of: data.path), data.path.split(separator: "/").last ?? "")
        let aside = DataFolder.names(in: parent).filter { $0.hasPrefix("\(name)\(Self.asideName)") }
        let folders = [data.path] + aside.map { "\(parent)/\($0)" }
        let own = Set(Self.held("\(data.path)/\(Self.workName)").map(\.note))
        return folders.flatMap(Self.held).filter { !own.contains($0.note) }
    }

    private static func held(_ folder: String) -> [HeldCheckpoint] {
        CheckpointFolder(path: "\(folder)/checkpoints", keeper: .inside).held()
    }

    /// Looks at everything and changes nothing.
    /// - Throws: `busy` `store.served`; `conflict` `restore.notEmpty`; `fault` `store.keysMismatch`,
    ///   `restore.masterMissing`, `keys.registerUnreadable`; what `BackupFolder.verify` throws.
    public func inspect() throws(AdapterError) -> BackupVerification {
        if FileLock.isServed(data) { throw AdapterError(.busy, code: "store.served") }
        guard isFree else { throw AdapterError(.conflict, code: "restore.notEmpty") }
        let found = try backup.verify(keys: logKeys(), outside: outside, besides: former)
        // A restore without the register would bring shredded patients back.
        _ = try DestroyedKeys.registered(in: outside)
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
        try moveAside(work, time: record.time.text)
        BackupFiles.remove(work)
        do {
            let place = try DataFolder(creating: work)
            try BackupFiles.copy(backup.database.databasePath, to: place.databasePath)
            try restoreSegments()
            let result = try await tell(place, loses: loses, promisedBefore: former, record: record)
            try moveIntoPlace(place)
            BackupFiles.remove(work)
            _ = consume lock
            return result
        } catch {
            BackupFiles.remove(work)
            throw AdapterError(store: error)
        }
    }

    /// Moves what lies in the data folder out of it, beside it: it may prove what was lost. What an interrupted restore
    /// put there goes.
    private func moveAside(_ work: String, time: String) throws(AdapterError) {
        let segments = "\(data.path)/\(BackupFiles.segments)"
        Self.removeCopies(in: data.checkpointsPath, of: ["\(work)/checkpoints", backup.checkpoints])
        Self.removeCopies(in: segments, of: [backup.segments])
        let files = DataFolder.names(in: data.path).filter { $0.hasPrefix("store.sqlite") }
        let evidence =
            files.map { "\(data.path)/\($0)" }
            + [data.checkpointsPath, segments].filter { !DataFolder.names(in: $0).isEmpty }
        guard !evidence.isEmpty else { return }
        let aside = "\(data.path)\(Self.asideName)\(time.filter { $0.isNumber || $0 == "T" })"
        do {
            try DataFolder.makeFolder(aside)
            for path in evidence { try BackupFiles.move(path, to: "\(aside)/\(path.split(separator: "/").last ?? "")") }
            try BackupFiles.sync(folder: aside)
            try DataFolder.makeFolder(data.checkpointsPath)
        } catch {
            // The data folder may be a mount of its own: whoever restores moves these away.
            throw AdapterError(.conflict, code: "restore.notEmpty")
        }
    }

    private static func removeCopies(in folder: String, of others: [String]) {
        for name in DataFolder.names(in: folder) {
            guard let digest = try? BackupFiles.digest(of: "\(folder)/\(name)"),
                others.contains(where: { (try? BackupFiles.digest(of: "\($0)/\(name)")) == digest })
            else { continue }
            BackupFiles.remove("\(folder)/\(name)")
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
    private func tell(
        _ place: DataFolder, loses: Bool, promisedBefore: [HeldCheckpoint], record: AuditRecord
    ) async throws -> Result {
        let store = try SQLiteStore.open(place, keys: keys, options: StoreOptions(archiveFolders: segmentFolders))
        do {
            if loses {
                let seen = BackupFolder.latestEpoch(
                    keys: try logKeys(), outside.flatMap { $0.held() } + promisedBefore)
                try await store.raiseEpoch(to: seen)
                try await store.beginEpoch(record: record)
            } else {
                try await store.record([record])
            }
            if let folder = segmentFolders.first { _ = try await store.relocateSegments(to: folder) }
            let destroyed = try await store.destroyAgain(
                try DestroyedKeys.registered(in: outside), record: record)
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
