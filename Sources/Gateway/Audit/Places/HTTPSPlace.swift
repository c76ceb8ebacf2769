import MerkleLog
import OutboundHTTP
import Workflow

/// A store of files by HTTP: `PUT <url>/<size>.checkpoint`.
struct HTTPSPlace: CheckpointPlace {
    let client: OutboundClient

    var name: String { client.name }
    var keepsCosignatures: Bool { true }

    func publish(_ note: CheckpointNote) async throws(AdapterError) -> [SignedNote.Signature] {
        guard let path = RequestPath([note.fileName]) else { throw AdapterError(.fault, code: "\(name).path") }
        _ = try await client.send(
            OutboundRequest(
                .put, path, headers: [("Content-Type", "text/plain; charset=utf-8")], body: note.note.serialized))
        return []
    }
}
