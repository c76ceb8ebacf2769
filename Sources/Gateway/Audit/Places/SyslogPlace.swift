import Foundation
import MerkleLog
import Workflow

/// A receiver of syslog: one message for each checkpoint, with the whole note in it.
struct SyslogPlace: CheckpointPlace {
    /// MSGID of these messages.
    static let messageID = "checkpoint"

    let name: String
    /// Sends one message and returns once the operating system has taken it; syslog has no acknowledgment.
    let send: @Sendable (_ message: [UInt8], _ time: Timestamp) async throws(AdapterError) -> Void

    // Each message is one more entry of somebody's log: cosignatures are not worth a second one.
    var keepsCosignatures: Bool { false }

    func publish(_ note: CheckpointNote) async throws(AdapterError) -> [SignedNote.Signature] {
        try await send(Array(Self.message(note).utf8), note.time)
        return []
    }

    /// One line, for receivers escape line feeds: origin, size and root to read, and the note in base64 to verify.
    static func message(_ note: CheckpointNote) -> String {
        let checkpoint = note.checkpoint
        let whole = Data(note.note.serialized).base64EncodedString()
        return "origin=\(checkpoint.origin) size=\(checkpoint.size) root=\(checkpoint.root.base64) note=\(whole)"
    }
}
