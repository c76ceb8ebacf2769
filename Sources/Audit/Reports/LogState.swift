import MerkleLog

/// The state of the log behind a report: it stands on the report itself, so that the paper says what it rests on.
public struct LogState: Sendable, Equatable {
    /// The log's name.
    public var origin: String
    /// How many records it has.
    public var size: UInt64
    /// The root over them, base64.
    public var root: String
    /// What is wrong with it, each in one line.
    public var problems: [String]
    /// How many problems there are in all.
    public var problemCount: Int
    /// The size of the largest checkpoint that is kept elsewhere; nil where there is none.
    public var lastOutside: UInt64?
    /// How many records are newer than it.
    public var newerThanOutside: UInt64
    /// Accesses of the whole log that were announced and have no end.
    public var openIntents: Int
    /// Restores that lost records, each in one line: declared, yet lost.
    public var restorations: [String]
    /// Where the public key came from, in words.
    public var keySource: String

    /// The state that a verification found.
    public init(_ verification: AuditVerification, keySource: String) {
        origin = verification.origin
        size = verification.size
        root = verification.root.base64
        problems = verification.problems.map(\.description)
        problemCount = verification.problemCount
        lastOutside = verification.lastOutside?.size
        newerThanOutside = verification.newerThanOutside
        openIntents = verification.openIntents
        restorations = verification.restorations.map { restoration in
            let loss =
                restoration.knownLoss == 0
                ? "how many were lost is not known" : "\(restoration.knownLoss) known to be lost"
            return
                "a restore kept the first \(restoration.size) records; \(loss); the log goes on as \(restoration.origin)"
        }
        self.keySource = keySource
    }

    /// Whether nothing is wrong.
    public var isIntact: Bool { problemCount == 0 }
}
