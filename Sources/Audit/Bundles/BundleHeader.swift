public import MerkleLog
public import Sealing

/// The first line of a bundle: from which log it is, under which checkpoint, and what it claims to hold.
public struct BundleHeader: Sendable, Hashable {
    /// The checkpoint as a signed note with all signatures: those of the log's key and of witnesses.
    public var checkpoint: SignedNote
    /// The key that the reader is to compare with the one he was given by another way.
    public var key: VerifierKey
    /// The keys that certificates of de-identification are verified with, oldest first: whoever trusts `key` trusts
    /// them, because the trailer is signed over this line.
    public var certificateKeys: [SignatureVerifier]
    /// Handovers between the log's keys, as signed notes.
    public var handovers: [[UInt8]]
    /// RFC 3161 tokens over the checkpoint.
    public var timestamps: [[UInt8]]
    /// What was asked for, by fixed names; an identifier only where the auditor asked by it.
    public var query: [String: String]
    /// When, UTC.
    public var exported: String
    /// Who exported: `kind|name`.
    public var principal: String
    /// Whether every leaf under the checkpoint is there, those without a record too.
    public var allLeaves: Bool
    /// Whether the bundle claims to hold every record of each correlation of which it holds one.
    public var wholeCorrelations: Bool

    /// A header.
    public init(
        checkpoint: SignedNote, key: VerifierKey, certificateKeys: [SignatureVerifier] = [],
        handovers: [[UInt8]] = [], timestamps: [[UInt8]] = [],
        query: [String: String] = [:], exported: String, principal: String, allLeaves: Bool = false,
        wholeCorrelations: Bool = false
    ) {
        self.checkpoint = checkpoint
        self.key = key
        self.certificateKeys = certificateKeys
        self.handovers = handovers
        self.timestamps = timestamps
        self.query = query
        self.exported = exported
        self.principal = principal
        self.allLeaves = allLeaves
        self.wholeCorrelations = wholeCorrelations
    }
}
