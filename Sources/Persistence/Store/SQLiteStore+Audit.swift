import Audit
public import MerkleLog
public import Sealing
public import Workflow

/// Signing checkpoints.
extension SQLiteStore {
    /// The newest key that signs this log's checkpoints, under the log's present name.
    public var signingKey: SigningKey {
        get throws(AdapterError) { try context.keys.signingKey(origin: context.origin, size: .max) }
    }

    /// Signs size and root as they are now, keeps the checkpoint inside and writes it to every other folder.
    /// - Throws: `fault` `audit.rolledBack` where a folder holds a checkpoint that this log does not extend, even if the
    ///   log has grown past it meanwhile; nothing is signed then.
    @discardableResult
    public func checkpoint(to outside: [CheckpointFolder]) async throws(AdapterError) -> Checkpoint {
        try await signedCheckpoint(to: outside).checkpoint
    }

    /// The same with the note. `published` are checkpoints of this log that were taken by places which are no folders:
    /// nothing is signed that does not extend them too.
    public func signedCheckpoint(
        to outside: [CheckpointFolder], extending published: [Checkpoint] = []
    ) async throws(AdapterError) -> (checkpoint: Checkpoint, note: SignedNote) {
        let folders = [CheckpointFolder(path: folder.checkpointsPath, keeper: .inside)] + outside
        do {
            for _ in 0..<Self.attempts {
                let known = folders.compactMap { $0.latest(reading: ownCheckpoint) } + published
                let frontier = try await proven(to: known)
                let checkpoint = try Checkpoint(origin: context.origin, size: frontier.size, root: frontier.root)
                let key = try context.keys.signingKey(origin: checkpoint.origin, size: checkpoint.size)
                let note = try checkpoint.signed(by: key)
                if try put(checkpoint, note, folders) { return (checkpoint, note) }
            }
            throw StoreFailure.rolledBack
        } catch {
            throw AdapterError(store: error)
        }
    }

    private static let attempts = 3

    /// False where a folder has got another one since it was read. Another process may have signed a larger one: the
    /// next comparison tells that from a log that was put back.
    private func put(
        _ checkpoint: Checkpoint, _ note: SignedNote, _ folders: [CheckpointFolder]
    ) throws(AdapterError) -> Bool {
        do {
            for folder in folders { try folder.refuse(checkpoint, reading: ownCheckpoint) }
            for folder in folders { try folder.write(checkpoint, note: note) }
            return true
        } catch {
            guard error.code == StoreFailure.rolledBack.rawValue else { throw error }
            return false
        }
    }

    /// The checkpoint of a note, where one of our own keys has signed it under one of the log's names.
    private func ownCheckpoint(_ bytes: [UInt8]) -> Checkpoint? {
        guard let note = try? SignedNote(parsing: bytes), let checkpoint = try? Checkpoint(text: note.text),
            LogOrigin(checkpoint.origin).base == LogOrigin(context.origin).base,
            let key = try? context.keys.signingKey(origin: checkpoint.origin, size: checkpoint.size),
            (try? note.verify(key.verifier)) != nil
        else { return nil }
        return checkpoint
    }

    /// The frontier as stored, once the leaves were found to extend all these checkpoints.
    private func proven(to published: [Checkpoint]) async throws -> Frontier {
        let now = LogOrigin(context.origin)
        let lost = try await read { try $0.logEpochFrom() }
        // What was promised under an earlier name beyond the restore is declared lost.
        let binding = published.filter { LogOrigin($0.origin) >= now || $0.size <= lost }
        let after = try await extendProven(rootsAt: Set(binding.map(\.size)))
        for checkpoint in binding where after.roots[checkpoint.size] != checkpoint.root {
            throw StoreFailure.rolledBack
        }
        return after.frontier
    }

    /// The root over the first leaves, from the leaves themselves.
    func root(at size: UInt64) async throws -> MerkleHash {
        guard let root = try await extendProven(rootsAt: [size]).roots[size] else { throw StoreFailure.rolledBack }
        return root
    }

    private func extendProven(rootsAt sizes: Set<UInt64>) async throws -> ProvenLog.State {
        let before = proven.value
        let after = try await read { transaction in
            var state = before
            try state.extend(over: transaction, rootsAt: sizes)
            return state
        }
        proven.set(after)
        return after
    }

    /// The hashes of the first leaves, for making proofs; all where `size` is nil.
    /// - Throws: `fault` `audit.segmentMissing` where a segment is not in its place; `notFound` for a larger size than
    ///   the log has.
    public func leafHashes(upTo size: UInt64? = nil) async throws(AdapterError) -> [MerkleHash] {
        do {
            let stored = try await read { try $0.frontier().size }
            guard size ?? 0 <= stored else { throw StoreFailure.rowMissing }
            let end = Int64(clamping: size ?? stored)
            return try await read { transaction in
                var hashes: [MerkleHash] = []
                hashes.reserveCapacity(Int(end))
                try transaction.eachLeaf(0..<end) { _, leaf in hashes.append(.leaf(leaf)) }
                guard hashes.count == Int(end) else { throw StoreFailure.damaged }
                return hashes
            }
        } catch {
            throw AdapterError(store: error)
        }
    }
}

extension KeyRing {
    /// The Ed25519 key of the log's newest checkpoints, under the log's first name.
    /// - Throws: `fault`.
    public func checkpointKey() throws(AdapterError) -> SigningKey { try signingKey(origin: logOrigin, size: .max) }
}
