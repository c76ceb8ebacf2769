/// Size and root of a log at one moment (C2SP tlog-checkpoint). Signed and kept elsewhere, it makes truncation and
/// rewriting visible.
public struct Checkpoint: Hashable, Sendable {
    /// The log's unique name.
    public let origin: String
    /// How many leaves.
    public let size: UInt64
    /// The root over them.
    public let root: MerkleHash

    /// A checkpoint of our own log.
    /// - Throws: `checkpoint` for an origin that cannot name a key.
    public init(origin: String, size: UInt64, root: MerkleHash) throws(MerkleLogError) {
        guard isKeyName(origin) else { throw MerkleLogError(.checkpoint, at: "origin") }
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The text that is signed: origin, size in decimal, root in base64, one line each.
    public var text: String { "\(origin)\n\(size)\n\(root.base64)\n" }

    /// Reads the text of a note; extension lines are allowed and not kept.
    /// - Throws: `checkpoint`.
    public init(text: String) throws(MerkleLogError) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, lines.last == "", !lines.dropLast().contains("") else {
            throw MerkleLogError(.checkpoint, at: "lines")
        }
        guard let size = UInt64(lines[1]), String(size) == lines[1] else {
            throw MerkleLogError(.checkpoint, at: "size")
        }
        guard let bytes = Base64.decode(lines[2]), bytes.count == MerkleHash.length else {
            throw MerkleLogError(.checkpoint, at: "root")
        }
        try self.init(origin: String(lines[0]), size: size, root: MerkleHash(trusted: bytes))
    }

    /// The checkpoint of a note that a known key has signed.
    /// - Throws: `note`, `signature`, `checkpoint`; the signature is checked before the text is read.
    public init(note bytes: [UInt8], signedBy key: VerifierKey) throws(MerkleLogError) {
        let note = try SignedNote(parsing: bytes)
        try note.verify(key)
        try self.init(text: note.text)
    }

    /// The note to write to a file. The key's name should be the origin.
    /// - Throws: `signature`.
    public func signed(by key: SigningKey) throws(MerkleLogError) -> SignedNote {
        try SignedNote(text: text, signedBy: key)
    }
}
