import MerkleLog
import Synchronization
import Workflow

/// A signed checkpoint on its way to the places, with the cosignatures that came since.
struct CheckpointNote: Sendable, Equatable {
    let checkpoint: Checkpoint
    var note: SignedNote
    let time: Timestamp

    /// The name of its file, under which it is also put elsewhere.
    var fileName: String {
        let epoch = LogOrigin(checkpoint.origin).epoch
        return epoch == 1 ? "\(checkpoint.size).checkpoint" : "\(checkpoint.size).\(epoch).checkpoint"
    }
}

/// The newest checkpoint that was signed. One that is older is nobody's business: the newest covers it.
final class LatestCheckpoint: Sendable {
    private let box = Mutex<CheckpointNote?>(nil)

    var note: CheckpointNote? { box.withLock { $0 } }

    func set(_ note: CheckpointNote) { box.withLock { $0 = note } }

    /// Adds what a witness signed, unless there is a newer checkpoint or the same signature already.
    func add(_ signatures: [SignedNote.Signature], to checkpoint: Checkpoint) {
        box.withLock { latest in
            guard let held = latest, held.checkpoint == checkpoint else { return }
            let fresh = signatures.filter { !held.note.signatures.contains($0) }
            // A note has room for a hundred signatures: more than that many witnesses nobody has.
            guard !fresh.isEmpty, let whole = try? held.note.adding(fresh) else { return }
            latest?.note = whole
        }
    }
}
