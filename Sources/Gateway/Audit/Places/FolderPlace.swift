import Foundation
import MerkleLog
import Persistence
import Sealing
import Workflow

/// A folder of checkpoint files. The signer writes to it already; here what it missed while it was away is made up for,
/// and cosignatures are added.
struct FolderPlace: CheckpointPlace {
    let name: String
    let folder: CheckpointFolder
    /// The folder inside the data folder, which has all handovers.
    let inside: CheckpointFolder
    let keys: KeyRing
    /// The key that signs now.
    let key: @Sendable () throws(AdapterError) -> VerifierKey

    var keepsCosignatures: Bool { true }

    /// Whether the folder is there and can be written: one whose disk is away is not made anew in its place.
    static func isUsable(_ path: String) -> Bool {
        FileFacts(path)?.isFolder == true && FileFacts.isUsableFolder(path)
    }

    func publish(_ note: CheckpointNote) async throws(AdapterError) -> [SignedNote.Signature] {
        guard Self.isUsable(folder.path) else { throw AdapterError(.unavailable, code: "\(name).folder") }
        do {
            try keys.placeLogKey(in: folder.path)
        } catch {
            throw AdapterError(.fault, code: "\(name).otherLog")
        }
        try addHandovers()
        // A note that was signed just before the key was handed over is ours too.
        let own = try keys.signingKeys(origin: note.checkpoint.origin).map(\.verifier) + [key()]
        try folder.write(note.checkpoint, note: note.note, keys: own)
        return []
    }

    /// A key that was handed over while the folder was away.
    private func addHandovers() throws(AdapterError) {
        let known = Set(folder.handovers())
        for bytes in inside.handovers() where !known.contains(bytes) {
            guard let handover = try? KeyHandover(note: bytes), let note = try? SignedNote(parsing: bytes) else {
                continue
            }
            try folder.write(handover, note: note)
        }
    }
}

/// How files of one checkpoint are called in a folder: digits enough that names sort as numbers, and the number of the
/// log's name from the second on.
enum CheckpointFileName {
    static func text(of checkpoint: Checkpoint, suffix: String = "checkpoint") -> String {
        let digits = String(checkpoint.size)
        let epoch = LogOrigin(checkpoint.origin).epoch
        return String(repeating: "0", count: max(0, 20 - digits.count)) + digits
            + (epoch == 1 ? "" : ".\(epoch)") + ".\(suffix)"
    }
}

extension KeyRing {
    /// Puts the key that an auditor got first into a folder of checkpoints.
    func placeLogKey(in folder: String) throws {
        let successors = try signingKeys(origin: logOrigin).map(\.verifier)
        try PublicKeyFile.place(try anchorKey(), in: folder, successors: successors)
    }

    /// Whether a public key is one of this log's.
    func signsLog(as key: VerifierKey) -> Bool {
        (try? signingKeys(origin: logOrigin).contains { $0.verifier == key }) ?? false
    }
}
