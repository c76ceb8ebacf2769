public import MerkleLog

/// The result of verifying a log.
public struct AuditVerification: Sendable, Equatable {
    /// How many leaves were read.
    public let size: UInt64
    /// The root over them.
    public let root: MerkleHash
    /// The first problems, at most `AuditVerifier.problemLimit`.
    public let problems: [AuditProblem]
    /// How many there are in all.
    public let problemCount: Int
    /// The largest checkpoint kept elsewhere that is signed and consistent.
    public let lastOutside: Checkpoint?
    /// How many leaves are younger than it: their truncation could not be seen yet.
    public let newerThanOutside: UInt64
    /// Intents without an outcome: accesses under way, or cut off by a crash.
    public let openIntents: Int
    /// The log's origin at its end.
    public let origin: String
    /// Restores that the log declares, first to last.
    public let restorations: [Restoration]

    /// Whether nothing is wrong.
    public var isIntact: Bool { problemCount == 0 }
    /// How many records are known to be lost by declared restores, at least.
    public var knownLoss: UInt64 { restorations.reduce(0) { $0 + $1.knownLoss } }
}

/// A restore that lost the end of the log: the leaf at `size` is the first one under a new origin.
public struct Restoration: Sendable, Hashable {
    /// How many leaves were kept.
    public let size: UInt64
    /// The origin from there on.
    public let origin: String
    /// How many records are known to be lost, by checkpoints of the origins before; 0 where none tells.
    public let knownLoss: UInt64
}
