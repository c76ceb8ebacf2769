/// The keys of one log in the order in which they followed each other, made out of one key that the reader trusts and
/// the handovers between them.
public struct LogKeys: Hashable, Sendable {
    /// The key that the reader trusts; any key of the chain.
    public let anchor: VerifierKey
    /// First to last.
    public let handovers: [KeyHandover]

    /// A log whose key was never handed over.
    public init(anchor: VerifierKey) {
        self.anchor = anchor
        handovers = []
    }

    /// - Parameter notes: the handovers as signed notes, in any order, the same one more than once if need be.
    /// - Throws: what reading a handover throws, and `handover` where they make no single chain with the anchor in it:
    ///   two handovers by one key are the trace of a stolen key.
    public init(anchor: VerifierKey, handovers notes: [[UInt8]]) throws(MerkleLogError) {
        var read: Set<KeyHandover> = []
        for note in notes { read.insert(try KeyHandover(note: note)) }
        let base = LogOrigin(anchor.name).base
        guard read.allSatisfy({ $0.origin.base == base }) else { throw MerkleLogError(.handover, at: "origin") }
        let chain = read.sorted { ($0.origin.epoch, $0.size) < ($1.origin.epoch, $1.size) }
        for (earlier, later) in zip(chain, chain.dropFirst()) {
            guard earlier.to.publicKey == later.from.publicKey,
                (earlier.origin, earlier.size) < (later.origin, later.size)
            else { throw MerkleLogError(.handover, at: "chain") }
        }
        self.anchor = anchor
        handovers = chain
        let keys = publicKeys
        guard Set(keys).count == keys.count else { throw MerkleLogError(.handover, at: "chain") }
        guard keys.contains(anchor.publicKey) else { throw MerkleLogError(.handover, at: "anchor") }
    }

    /// The log's name without the number of restores.
    public var base: String { LogOrigin(anchor.name).base }

    /// The newest key, under the name that it has in the newest handover or in the anchor.
    public var current: VerifierKey { handovers.last?.to ?? anchor }

    /// Whether a key is one of them, whatever restore its name counts.
    public func contains(_ key: VerifierKey) -> Bool {
        LogOrigin(key.name).base == base && publicKeys.contains(key.publicKey)
    }

    /// The key that signs checkpoints of this size, under the name of that origin.
    /// - Throws: `key` for an origin of another log.
    public func key(forSize size: UInt64, origin: LogOrigin) throws(MerkleLogError) -> VerifierKey {
        guard origin.base == base else { throw MerkleLogError(.key, at: "origin") }
        let position = (origin.epoch, size)
        let passed = handovers.last { ($0.origin.epoch, $0.size) <= position }
        return try (passed?.to ?? handovers.first?.from ?? anchor).named(origin.text)
    }

    /// The checkpoint of a note, signed with the key of its size.
    /// - Throws: `note`, `checkpoint`, `key` for another log, `signature`.
    public func checkpoint(note bytes: [UInt8]) throws(MerkleLogError) -> Checkpoint {
        let note = try SignedNote(parsing: bytes)
        let checkpoint = try Checkpoint(text: note.text)
        try note.verify(key(forSize: checkpoint.size, origin: LogOrigin(checkpoint.origin)))
        return checkpoint
    }

    private var publicKeys: [[UInt8]] {
        guard let first = handovers.first else { return [anchor.publicKey] }
        return [first.from.publicKey] + handovers.map(\.to.publicKey)
    }
}
