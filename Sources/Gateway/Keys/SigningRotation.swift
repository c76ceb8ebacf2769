import Audit
public import MerkleLog
public import Persistence
import Sealing
public import Workflow

/// Exchanges the key that signs checkpoints. From one size of the log on the new one alone counts: what somebody signs
/// with the old one for a larger log verifies nowhere.
public struct SigningRotation: Sendable {
    private let store: SQLiteStore
    private let trail: AuditTrail
    private let path: String
    private let folders: [CheckpointFolder]

    /// - Parameters:
    ///   - path: the key file.
    ///   - outside: the folders of checkpoints outside the data folder.
    public init(store: SQLiteStore, trail: AuditTrail, path: String, outside: [CheckpointFolder]) {
        (self.store, self.trail, self.path) = (store, trail, path)
        folders = [CheckpointFolder(path: store.folder.checkpointsPath, keeper: .inside)] + outside
    }

    /// Makes a new key, tells so in the log, hands over to it at the size behind that leaf, and puts the handover,
    /// signed by both keys, beside all checkpoints.
    public func rotate() async throws -> KeyHandover {
        let seed = Secret.random()
        let origin = LogOrigin(store.logOrigin)
        let old = try KeyFile.load(path: path).signingKey(origin: origin.text, size: .max)
        let new = try SigningKey(name: origin.text, seed: seed.exposedBytes)
        let details: AuditDetails = [
            .step: .code("signing"), .formerKeyID: .digest(Hex.encode(old.verifier.id)),
            .keyID: .digest(Hex.encode(new.verifier.id)),
        ]
        let path = path
        _ = try await store.handOver(records: [trail.service(.keysRotate, details: details)]) { size in
            try KeyFile.setSigning(path: path, SigningSeed(seed: seed, epoch: origin.epoch, from: size))
        } undo: { size in
            try KeyFile.removeSigning(path: path, seed, beyond: size)
        }
        let handovers = try finish()
        guard let last = handovers.last else { throw AdapterError(.fault, code: "audit.signingKey") }
        _ = try await store.checkpoint(to: folders.filter { $0.keeper == .outside })
        return last
    }

    /// Puts all handovers of the key file beside all checkpoints: for folders that were away, or new ones.
    /// - Throws: the last error of a folder, when all were tried.
    @discardableResult
    public func finish() throws -> [KeyHandover] {
        let ring = try KeyFile.load(path: path)
        var handovers: [KeyHandover] = []
        var failure: AdapterError?
        for (handover, note) in try ring.handovers() {
            for folder in folders {
                do { try folder.write(handover, note: note) } catch { failure = error }
            }
            handovers.append(handover)
        }
        if let failure { throw failure }
        return handovers
    }
}
