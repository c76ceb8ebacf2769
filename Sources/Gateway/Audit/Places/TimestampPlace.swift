import Foundation
public import MerkleLog
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
        let usable = folders.filter(FolderPlace.isUsable)
        // A token that nobody keeps is none.
        guard !usable.isEmpty else { throw AdapterError(.unavailable, code: "\(name).folder") }
        let token = try await stamp(Array(note.note.text.utf8))
        for folder in usable {
            try DurableFile.write(
                token, folder: folder, name: TimestampFile.name(of: note.checkpoint), mode: 0o640)
        }
        return []
    }
}

/// Where the tokens of time stamp authorities lie.
public enum TimestampFile {
    /// A token is a few kilobytes; what is longer is none.
    private static let sizeLimit = 65_536

    static func name(of checkpoint: Checkpoint) -> String { CheckpointFileName.text(of: checkpoint, suffix: "tsr") }

    /// The tokens beside a checkpoint in these folders, each once, unverified.
    public static func tokens(of checkpoint: Checkpoint, in folders: [String]) -> [[UInt8]] {
        var tokens: [[UInt8]] = []
        for folder in folders {
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(name(of: checkpoint))"),
                (1...sizeLimit).contains(data.count), !tokens.contains(Array(data))
            else { continue }
            tokens.append(Array(data))
        }
        return tokens
    }
}
