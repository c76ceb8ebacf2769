import MerkleLog
import Workflow

/// A place outside the data folder that gets checkpoints.
protocol CheckpointPlace: Sendable {
    /// The configured name, the first part of error codes.
    var name: String { get }
    /// Whether the note is wanted once more when a witness has cosigned it.
    var keepsCosignatures: Bool { get }

    /// Brings the checkpoint there; what lies there already is no error.
    /// - Returns: cosignatures, from a witness.
    /// - Throws: `fault` `audit.witnessRefused` or `audit.rolledBack` where the place has seen another log.
    func publish(_ note: CheckpointNote) async throws(AdapterError) -> [SignedNote.Signature]
}
