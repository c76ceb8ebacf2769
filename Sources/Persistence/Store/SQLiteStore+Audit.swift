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
    /// - Throws: `fault` `audit.rolledBack` where a folder holds a checkpoint that this log does not extend, even if the
    ///   log has grown past it meanwhile; nothing is signed then.
    @discardableResult
    public func checkpoint(to outside: [CheckpointFolder]) async throws(AdapterError) -> Checkpoint {
        let key = try signingKey
        let folders = [CheckpointFolder(path: folder.checkpointsPath, keeper: .inside)] + outside
        do {
            let published = folders.compactMap { $0.latest(key: key.verifier) }
            let frontier = try await proven(to: published)
            let checkpoint = try Checkpoint(origin: context.origin, size: frontier.size, root: frontier.root)
            let note = try checkpoint.signed(by: key)
            for folder in folders { try folder.refuse(checkpoint, key: key.verifier) }
            for folder in folders { try folder.write(checkpoint, note: note, key: key.verifier) }
            return checkpoint
        } catch {
            throw AdapterError(store: error)
        }
    }

    /// The frontier as stored, once the leaves were found to extend all these checkpoints.
    private func proven(to published: [Checkpoint]) async throws -> Frontier {
        let before = proven.value
        let after = try await read { transaction in
            var state = before
            try state.extend(over: transaction, rootsAt: Set(published.map(\.size)))
            return state
        }
        for checkpoint in published where after.roots[checkpoint.size] != checkpoint.root {
            throw StoreFailure.rolledBack
        }
        proven.set(after)
        return after.frontier
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
