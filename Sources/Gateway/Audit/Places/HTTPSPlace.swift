import MerkleLog
import OutboundHTTP
import Synchronization
import Workflow

/// A store of files by HTTP: `PUT <url>/<size>.checkpoint`. What lies there is replaced by nothing but the same text
/// with more signatures.
final class HTTPSPlace: CheckpointPlace {
    private let client: OutboundClient
    /// The text that lies there under the name of the newest checkpoint, as far as this process knows.
    private let held = Mutex<String?>(nil)

    init(client: OutboundClient) { self.client = client }

    var name: String { client.name }
    var keepsCosignatures: Bool { true }

    func publish(_ note: CheckpointNote) async throws(AdapterError) -> [SignedNote.Signature] {
        guard let path = RequestPath([note.fileName]) else { throw AdapterError(.fault, code: "\(name).path") }
        if held.withLock({ $0 }) == note.note.text {
            try await put(note.note, path)
        } else if let present = try await create(note.note, path) {
            let fresh = note.note.signatures.filter { !present.signatures.contains($0) }
            if !fresh.isEmpty, let whole = try? present.adding(fresh) { try await put(whole, path) }
        }
        held.withLock { $0 = note.note.text }
        return []
    }

    /// - Returns: what lies there already; nil where the file is new.
    /// - Throws: `fault` `audit.rolledBack` where that is another text.
    private func create(_ note: SignedNote, _ path: RequestPath) async throws(AdapterError) -> SignedNote? {
        do throws(AdapterError) {
            try await put(note, path, [("If-None-Match", "*")])
            return nil
        } catch {
            guard error.code == "\(name).http.412" else { throw error }
            let answer = try await client.send(OutboundRequest(.get, path))
            guard let present = try? SignedNote(parsing: answer.body), present.text == note.text else {
                throw AdapterError(.fault, code: "audit.rolledBack")
            }
            return present
        }
    }

    private func put(
        _ note: SignedNote, _ path: RequestPath, _ conditions: [(name: String, value: String)] = []
    ) async throws(AdapterError) {
        _ = try await client.send(
            OutboundRequest(
                .put, path, headers: [("Content-Type", "text/plain; charset=utf-8")] + conditions,
                body: note.serialized))
    }
}
