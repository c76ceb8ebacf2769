import MerkleLog
import Workflow

/// A time stamp authority (RFC 3161): its token over the note's text lies beside the checkpoint in each folder that can
/// be written.
struct TimestampPlace: CheckpointPlace {
    let name: String
    let folders: [String]
    /// Asks the authority for a token over these bytes, and verifies it.
    let stamp: @Sendable (_ bytes: [UInt8]) async throws(AdapterError) -> [UInt8]

    // The stamp is over the text, which cosignatures do not change.
    var keepsCosignatures: Bool { false }

    func publish(_ note: CheckpointNote) async throws(AdapterError) -> [SignedNote.Signature] {
        let token = try await stamp(Array(note.note.text.utf8))
        for folder in folders where FolderPlace.isUsable(folder) {
            try DurableFile.write(
                token, folder: folder, name: CheckpointFileName.text(of: note.checkpoint, suffix: "tsr"),
                mode: 0o640)
        }
        return []
    }
}
