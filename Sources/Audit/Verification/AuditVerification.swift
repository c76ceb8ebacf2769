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

    /// Whether nothing is wrong.
    public var isIntact: Bool { problemCount == 0 }
}
