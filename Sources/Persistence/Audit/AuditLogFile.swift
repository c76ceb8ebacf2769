public import Audit
import GRDB
public import MerkleLog
public import Workflow

/// The log of a data folder, opened for reading only and without any key.
///
/// A folder without write rights is read where it holds a whole copy: SQLite needs to write beside a database whose
/// write-ahead log (`store.sqlite-wal`) is not worked in yet.
public struct AuditLogFile: Sendable {
    let queue: DatabaseQueue
    private let inside: CheckpointFolder
    private let archiveFolders: [String]

    /// - Parameter archiveFolders: where segments are looked for, beside the folders where they were written.
    /// - Throws: `fault` where the file cannot be opened; `audit.folderReadOnly` where the folder has to be copied to
    ///   a place with write rights first, because it holds a write-ahead log.
    public init(_ folder: DataFolder, archiveFolders: [String] = []) throws(AdapterError) {
        inside = CheckpointFolder(path: folder.checkpointsPath, keeper: .inside)
        self.archiveFolders = archiveFolders
        do {
            queue = try ReadOnlyDatabase.open(folder.databasePath)
        } catch {
            throw AdapterError(store: error)
        }
    }

    /// Verifies every leaf in one snapshot, together with the checkpoints inside and those kept elsewhere. Handovers of
    /// the signing key are read beside the checkpoints.
    /// - Parameter key: the key that the reader trusts.
    public func verify(key: VerifierKey, outside: [CheckpointFolder]) throws(AdapterError) -> AuditVerification {
        let notes = inside.handovers() + outside.flatMap { $0.handovers() }
        return try verify(AuditVerifier(anchor: key, handovers: notes, checkpoints: checkpoints(outside)))
    }

    /// The same with keys whose handovers the reader brings.
    public func verify(keys: LogKeys, outside: [CheckpointFolder]) throws(AdapterError) -> AuditVerification {
        try verify(AuditVerifier(keys: keys, checkpoints: checkpoints(outside)))
    }

    private func checkpoints(_ outside: [CheckpointFolder]) -> [HeldCheckpoint] {
        inside.held() + outside.flatMap { $0.held() }
    }

    private func verify(_ verifier: AuditVerifier) throws(AdapterError) -> AuditVerification {
        do {
            return try queue.read { db in
                guard try db.tableExists("leaves") else { throw StoreFailure.damaged }
                return try LogWalk(db: db, folders: archiveFolders).verify(verifier)
            }
        } catch {
            throw AdapterError(store: error)
        }
    }

    /// The hashes of the first leaves, for making proofs.
    public func leafHashes(upTo size: UInt64? = nil) throws(AdapterError) -> [MerkleHash] {
        do {
            return try queue.read { db in try LogWalk(db: db, folders: archiveFolders).hashes(upTo: size) }
        } catch {
            throw AdapterError(store: error)
        }
    }
}
