public import MerkleLog

/// One thing that is wrong with a bundle.
public struct BundleProblem: Sendable, Hashable, CustomStringConvertible {
    /// Stable codes; `docs/comply/verify_bundle.py` gives the same.
    public enum Code: String, Sendable, CaseIterable {
        /// The first line is no header of a bundle.
        case header = "bundle.header"
        /// A line that is no canonical JSON, has other members than it should, or is too long.
        case line = "bundle.line"
        /// The reader's key is none of the keys in the bundle.
        case key = "bundle.key"
        /// The handovers make no chain from the key in the header.
        case handover = "bundle.handover"
        /// The checkpoint is not signed by the key of its size.
        case checkpoint = "bundle.checkpoint"
        /// A witness that the reader asked for did not cosign the checkpoint.
        case cosignature = "bundle.cosignature"
        /// An index that is not larger than the one before, or outside the checkpoint.
        case order = "bundle.order"
        /// A leaf that breaks a rule of its form, or is of another log.
        case leaf = "bundle.leaf"
        /// A proof that does not lead from the leaf to the checkpoint.
        case proof = "bundle.proof"
        /// A record to which its leaf does not commit, or that tells otherwise than its leaf.
        case record = "bundle.record"
        /// With all leaves promised: one is missing, or they do not give the root of the checkpoint.
        case root = "bundle.root"
        /// A record of a correlation of which the bundle promises all is left out.
        case leftOut = "bundle.leftOut"
        /// The last line is no trailer, or counts other entries.
        case trailer = "bundle.trailer"
        /// The lines are not those that the trailer signs.
        case digest = "bundle.digest"
        /// The trailer is not signed by the log's newest key.
        case signature = "bundle.signature"
    }

    /// What is wrong.
    public let code: Code
    /// The line, counted from 1; nil where the whole is meant.
    public let line: Int?

    init(_ code: Code, line: Int? = nil) {
        self.code = code
        self.line = line
    }

    /// One line.
    public var description: String { line.map { "\(code.rawValue) line \($0)" } ?? code.rawValue }
}

/// The result of verifying a bundle.
public struct BundleVerification: Sendable, Hashable {
    /// The header, where it could be read.
    public let header: BundleHeader?
    /// The checkpoint, where it is signed.
    public let checkpoint: Checkpoint?
    /// The first problems, at most `BundleVerifier.problemLimit`.
    public let problems: [BundleProblem]
    /// How many there are in all.
    public let problemCount: Int
    /// How many entries the bundle is about.
    public let entries: Int
    /// Of how many of these the record is destroyed or not given.
    public let withoutRecord: Int
    /// How many further leaves are there.
    public let leaves: Int
    /// Whether the reader named a key and the bundle is under it; without, the bundle proves only that it fits itself.
    public let isKeyTrusted: Bool
    /// The witnesses whom the reader asked for and when they cosigned, in POSIX seconds.
    public let cosignatures: [WitnessVerifierKey: UInt64]
    /// The first entry whose record has the digest that the reader asked for, such as that of a certificate.
    public let named: UInt64?
    /// Records of correlations that the bundle touches and that are not in it; nil where not all leaves are there.
    public let leftOut: Int?

    /// Whether nothing is wrong.
    public var isIntact: Bool { problemCount == 0 }
}
