/// What a log sends to a witness (C2SP tlog-witness, `add-checkpoint`): the size of the checkpoint that the witness
/// cosigned last, a consistency proof from there, and the new checkpoint.
public struct AddCheckpointRequest: Hashable, Sendable {
    private static let maximumLength = 65_536 + 64 * 46
    private static let maximumProof = 63

    /// The size of the checkpoint that the witness has; 0 for none.
    public let oldSize: UInt64
    /// From the old size to that of the checkpoint; empty where the old size is 0 or the same.
    public let proof: [MerkleHash]
    /// The signed checkpoint.
    public let note: SignedNote

    /// A request of our own.
    /// - Throws: `request` for a proof of more than 63 hashes.
    public init(oldSize: UInt64, proof: [MerkleHash], note: SignedNote) throws(MerkleLogError) {
        guard proof.count <= Self.maximumProof else { throw MerkleLogError(.request, at: "proof") }
        self.oldSize = oldSize
        self.proof = proof
        self.note = note
    }

    /// Reads the body of a request.
    /// - Throws: `request`, `note`.
    public init(parsing bytes: [UInt8]) throws(MerkleLogError) {
        guard bytes.count <= Self.maximumLength else { throw MerkleLogError(.request, at: "length") }
        // The empty line in front of the note is the first one: no line of the proof is empty.
        guard let border = zip(bytes, bytes.dropFirst()).enumerated().first(where: { $1 == (0x0a, 0x0a) })?.offset,
            let head = String(validating: bytes[..<border], as: UTF8.self)
        else { throw MerkleLogError(.request, at: "empty line") }
        let lines = head.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, first.hasPrefix("old "), let size = UInt64(first.dropFirst(4)),
            "old \(size)" == first
        else { throw MerkleLogError(.request, at: "old size") }
        var proof: [MerkleHash] = []
        for line in lines.dropFirst() {
            do { proof.append(try MerkleHash(base64: line)) } catch { throw MerkleLogError(.request, at: "proof") }
        }
        try self.init(oldSize: size, proof: proof, note: SignedNote(parsing: Array(bytes[(border + 2)...])))
    }

    /// The body to send.
    public var serialized: [UInt8] {
        Array("old \(oldSize)\n".utf8) + proof.flatMap { Array("\($0.base64)\n".utf8) } + [0x0a] + note.serialized
    }
}
