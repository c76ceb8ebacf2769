public import Audit
public import MerkleLog
public import Sealing
public import Workflow

/// Reading the log and signing checkpoints.
extension SQLiteStore {
    /// Appends `records` (the reading itself) and then reads; where the first fails nothing is read.
    public func auditEntries(
        _ query: AuditQuery, reading records: [AuditRecord]
    ) async throws(AdapterError) -> [AuditEntry] {
        _ = try await record(records)
        return try await read { try $0.entries(query) }
    }

    /// The key that signs this log's checkpoints; its name is the log's origin.
    public var signingKey: SigningKey {
        get throws(AdapterError) { try context.keys.checkpointKey() }
    }

    /// Signs size and root as they are now, keeps the checkpoint inside and writes it to every other folder.
    /// - Throws: `fault` `audit.rolledBack` where a folder holds a checkpoint that this log contradicts; it is then
    ///   published nowhere.
    @discardableResult
    public func checkpoint(to outside: [CheckpointFolder]) async throws(AdapterError) -> Checkpoint {
        let key = try signingKey
        let frontier = try await read { try $0.frontier() }
        do {
            let checkpoint = try Checkpoint(origin: context.origin, size: frontier.size, root: frontier.root)
            let note = try checkpoint.signed(by: key)
            let inside = CheckpointFolder(path: folder.checkpointsPath, keeper: .inside)
            for folder in outside + [inside] { try folder.refuse(checkpoint, key: key.verifier) }
            for folder in [inside] + outside { try folder.write(checkpoint, note: note, key: key.verifier) }
            return checkpoint
        } catch {
            throw AdapterError(store: error)
        }
    }
}

extension KeyRing {
    /// The Ed25519 key of the log's checkpoints.
    /// - Throws: `fault`.
    public func checkpointKey() throws(AdapterError) -> SigningKey {
        do {
            return try SigningKey(name: logOrigin, seed: signingSeed.exposedBytes)
        } catch {
            throw AdapterError(.fault, code: "audit.signingKey")
        }
    }
}
