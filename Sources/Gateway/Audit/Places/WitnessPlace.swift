import MerkleLog
import OutboundHTTP
import Synchronization
import Workflow

/// A witness on another host (C2SP tlog-witness): it cosigns a checkpoint only if that extends what it cosigned before,
/// so that even who holds the signing key cannot tell two stories.
final class WitnessPlace: CheckpointPlace {
    /// The consistency proof between two sizes of this log.
    typealias Prove = @Sendable (_ first: UInt64, _ second: UInt64) async throws(AdapterError) -> [MerkleHash]

    private let client: OutboundClient
    private let witness: WitnessVerifierKey
    private let prove: Prove
    /// What the witness has: known from its last answer; 0 asks for it.
    private let known = Mutex<UInt64>(0)

    init(client: OutboundClient, witness: WitnessVerifierKey, prove: @escaping Prove) {
        self.client = client
        self.witness = witness
        self.prove = prove
    }

    var name: String { client.name }
    var keepsCosignatures: Bool { false }

    func publish(_ note: CheckpointNote) async throws(AdapterError) -> [SignedNote.Signature] {
        // The witness says by 409 what it has, where we did not know.
        for attempt in 0..<2 {
            let old = known.withLock { $0 }
            let answer = try await ask(note, from: old)
            switch answer.head.status {
            case 200: return [try cosignature(in: answer.body, of: note)]
            case 409:
                guard answer.head.mediaType == Self.sizeType else { throw malformed }
                let size = try size(in: answer.body)
                // It has more than we ever signed in this database, or another root at this size.
                guard size != old, size <= note.checkpoint.size, attempt == 0 else { throw Self.refusal }
                known.withLock { $0 = size }
            case 422:
                // The protocol names no type here. A page or an object comes from something else at this address.
                guard [nil, "text/plain", Self.sizeType].contains(answer.head.mediaType) else { throw malformed }
                throw Self.refusal
            default: throw malformed
            }
        }
        throw Self.refusal
    }

    /// `fault`: nothing mends it but a person who finds out what happened to the log.
    private static let refusal = AdapterError(.fault, code: "audit.witnessRefused")

    private static let sizeType = "text/x.tlog.size"
    private var malformed: AdapterError { AdapterError(.incorrect, code: "\(name).malformed") }

    private func ask(_ note: CheckpointNote, from old: UInt64) async throws(AdapterError) -> Answer {
        let size = note.checkpoint.size
        let proof = old > 0 && old < size ? try await prove(old, size) : []
        guard let request = try? AddCheckpointRequest(oldSize: old, proof: proof, note: note.note),
            let path = RequestPath(["add-checkpoint"])
        else { throw AdapterError(.fault, code: "\(name).request") }
        let inquiry = try await client.inquire(
            OutboundRequest(
                .post, path, headers: [("Content-Type", "text/plain; charset=utf-8")], body: request.serialized))
        let status = inquiry.answer.head.status
        // 409 and 422 speak of the log; everything else of the witness, its proxy or the configuration.
        if let refusal = inquiry.refusal, status != 409, status != 422 { throw refusal }
        return inquiry.answer
    }

    private func size(in body: [UInt8]) throws(AdapterError) -> UInt64 {
        guard let size = UInt64(String(decoding: body, as: UTF8.self).prefix { $0 != "\n" }) else {
            throw malformed
        }
        return size
    }

    /// The cosignature, once it was checked: a witness that signs with another key is none.
    private func cosignature(
        in body: [UInt8], of note: CheckpointNote
    ) throws(AdapterError) -> SignedNote.Signature {
        let answered = try? SignedNote(parsing: Array("\(note.note.text)\n".utf8) + body)
        guard let answered, answered.cosignature(of: witness) != nil,
            let own = answered.signatures.first(where: { $0.name == witness.name && $0.keyID == witness.id })
        else { throw AdapterError(.incorrect, code: "\(name).cosignature") }
        known.withLock { $0 = note.checkpoint.size }
        return own
    }
}
