/// The statement that a log's checkpoints are signed with another key from a size on, signed by both keys.
///
/// The old key says who follows it, the new key agrees; whoever steals the old key later can sign nothing at or beyond
/// that size.
public struct KeyHandover: Hashable, Sendable {
    private static let kind = "imaging-gateway/key-handover/v1"
    /// The log's name at that time; both keys carry it.
    public let origin: LogOrigin
    /// From this size on only the new key counts, below it only the old one.
    public let size: UInt64
    /// The key so far.
    public let from: VerifierKey
    /// The key from now on.
    public let to: VerifierKey

    /// - Throws: `handover` where the keys have other names than the log or are the same, or for size 0.
    public init(origin: LogOrigin, size: UInt64, from: VerifierKey, to: VerifierKey) throws(MerkleLogError) {
        guard from.name == origin.text, to.name == origin.text else { throw MerkleLogError(.handover, at: "names") }
        guard from.publicKey != to.publicKey else { throw MerkleLogError(.handover, at: "keys") }
        guard size > 0 else { throw MerkleLogError(.handover, at: "size") }
        self.origin = origin
        self.size = size
        self.from = from
        self.to = to
    }

    /// Reads a handover and verifies both signatures.
    /// - Throws: `note`, `handover`, `key`, `signature`.
    public init(note bytes: [UInt8]) throws(MerkleLogError) {
        let note = try SignedNote(parsing: bytes)
        let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 6, lines[5].isEmpty, lines[0] == Self.kind else {
            throw MerkleLogError(.handover, at: "lines")
        }
        guard let size = UInt64(lines[2]), String(size) == lines[2] else { throw MerkleLogError(.handover, at: "size") }
        try self.init(
            origin: LogOrigin(String(lines[1])), size: size, from: VerifierKey(parsing: String(lines[3])),
            to: VerifierKey(parsing: String(lines[4])))
        try note.verify(from)
        try note.verify(to)
    }

    /// The text that both keys sign: kind, origin, size, old key, new key, one line each.
    public var text: String { "\(Self.kind)\n\(origin)\n\(size)\n\(from)\n\(to)\n" }

    /// The note to keep wherever checkpoints are kept.
    /// - Throws: `handover` for other keys than the two, `signature`.
    public func signed(from old: SigningKey, to new: SigningKey) throws(MerkleLogError) -> SignedNote {
        guard old.verifier == from, new.verifier == to else { throw MerkleLogError(.handover, at: "keys") }
        let note = try SignedNote(text: text, signedBy: old)
        return try note.adding(SignedNote(text: text, signedBy: new).signatures)
    }
}
