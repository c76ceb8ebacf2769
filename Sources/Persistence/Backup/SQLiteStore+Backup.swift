import GRDB
import MerkleLog
import Sealing
public import Workflow

/// Copies of a store that is in use.
extension SQLiteStore {
    /// Copies the store as it is at one moment, with the newest checkpoint, the log's public keys and, unless they are
    /// only to be referred to, the segments of the archive. No key is in it. Others may write meanwhile.
    /// - Parameters:
    ///   - target: a folder that is not there yet, or empty. It appears whole, by a rename, or not at all.
    ///   - now: the time that the manifest gives.
    /// - Throws: `conflict` `backup.exists`; `fault` `audit.segmentMissing` where a segment is not at its place.
    public func backup(to target: String, now: Timestamp, copiesSegments: Bool = true) async throws(AdapterError)
        -> BackupManifest
    {
        let target = DataFolder(existing: target).path
        guard DataFolder.names(in: target).isEmpty, BackupFiles.isFolder(target) || !OpenFile.exists(target) else {
            throw AdapterError(.conflict, code: "backup.exists")
        }
        // A name of nobody else's: what is removed after a failure is this backup's own.
        let part = "\(target).\(String(UInt64.random(in: .min ... .max), radix: 16)).part"
        do {
            let manifest = try await writeBackup(to: part, now: now, copiesSegments: copiesSegments)
            // Over an empty folder too (rename(2)).
            try BackupFiles.move(part, to: target)
            try BackupFiles.sync(folder: Self.parent(of: target))
            return manifest
        } catch {
            BackupFiles.remove(part)
            throw AdapterError(store: error)
        }
    }

    private func writeBackup(to part: String, now: Timestamp, copiesSegments: Bool) async throws -> BackupManifest {
        try DataFolder.makeFolder(part)
        let copy = DataFolder(existing: part)
        try DataFolder.makeFolder(copy.checkpointsPath)
        try DataFolder.makePrivateFile(copy.databasePath)
        let facts = try await copyDatabase(to: copy.databasePath)
        try copyCheckpoints(to: copy.checkpointsPath)
        if copiesSegments { try await copySegments(to: "\(part)/\(BackupFiles.segments)") }
        let sums = Array(try BackupFiles.sums(BackupFiles.list(part), in: part).utf8)
        try writeDurably(sums, folder: part, name: BackupManifest.sumsName)
        let manifest = BackupManifest(
            origin: LogOrigin(context.origin), size: facts.frontier.size, root: facts.frontier.root, created: now,
            masters: facts.masters, sums: Digest.sha256(sums))
        let key = try context.keys.signingKey(origin: context.origin, size: manifest.size)
        let note = try SignedNote(text: manifest.text, signedBy: key)
        try writeDurably(note.serialized, folder: part, name: BackupManifest.name)
        return manifest
    }

    /// SQLite's backup of one snapshot: it neither waits for whoever writes nor keeps them waiting.
    private func copyDatabase(to path: String) async throws -> (frontier: Frontier, masters: [String]) {
        let queue = try DatabaseQueue(path: path)
        try await pool.read { source in
            try queue.writeWithoutTransaction { target in try source.backup(to: target) }
        }
        let facts = try await queue.writeWithoutTransaction { [context] db in
            // One file, without a write-ahead log beside it.
            guard try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE") == "delete" else {
                throw StoreFailure.file
            }
            let masters = try String.fetchAll(
                db, sql: "SELECT DISTINCT master FROM data_key WHERE destroyed = 0 ORDER BY master")
            return (frontier: try StoreTransaction(db: db, context: context).frontier(), masters: masters)
        }
        try queue.close()
        try OpenFile(reading: path).sync()
        return facts
    }

    /// The newest checkpoint, and what verifies it.
    private func copyCheckpoints(to target: String) throws {
        let names = DataFolder.names(in: folder.checkpointsPath)
        let newest = names.filter { $0.hasSuffix(".checkpoint") }.max()
        try BackupFiles.copy(from: folder.checkpointsPath, to: target) { name in
            name == newest || name.hasSuffix(".vkey") || name.hasSuffix(".handover")
        }
        try BackupFiles.sync(folder: target)
    }

    private func copySegments(to target: String) async throws {
        let segments = try await archiveSegments()
        guard !segments.isEmpty else { return }
        try DataFolder.makeFolder(target)
        for segment in segments {
            guard let path = segment.path(in: context.options.archiveFolders) else { throw StoreFailure.segmentMissing }
            try BackupFiles.copy(path, to: "\(target)/\(segment.name)")
            // A backup is not made of a file that is not the one that was archived.
            guard try BackupFiles.digest(of: "\(target)/\(segment.name)").hex == segment.digest else {
                throw StoreFailure.segmentChanged
            }
        }
        try BackupFiles.sync(folder: target)
    }

    static func parent(of path: String) -> String {
        let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        return parent.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : parent
    }
}
