/// One thing that is wrong with what stands beside the leaves.
public struct RecordProblem: Sendable, Hashable, CustomStringConvertible {
    /// Stable codes, each with a page in the documentation.
    public enum Code: String, Sendable, CaseIterable {
        /// A body that does not open with its key.
        case bodyUnreadable = "record.bodyUnreadable"
        /// A body that is not the one to which its leaf commits.
        case bodyMismatch = "record.bodyMismatch"
        /// A body that is gone, and no `audit.expired` tells of it.
        case bodyMissing = "record.bodyMissing"
        /// A key that is gone, and no `keys.destroy` or `audit.expired` tells of it.
        case keyMissing = "record.keyMissing"
        /// A subject or correlation by which the leaf is not found.
        case indexMissing = "record.indexMissing"
        /// A leaf whose row is missing.
        case leafMissing = "record.leafMissing"
        /// A segment that is missing, changed, or does not open.
        case segmentUnreadable = "record.segmentUnreadable"

        /// What happened, in one sentence for people.
        public var explanation: String {
            switch self {
            case .bodyUnreadable: "the sealed body of a record does not open: it was changed, moved or forged"
            case .bodyMismatch: "the body of a record is not the one that was recorded"
            case .bodyMissing: "the body of a record is gone, and no recorded act took it away"
            case .keyMissing: "the key of a record is gone, and no recorded act destroyed it"
            case .indexMissing: "a record is not found by what it is about: the index of subjects was changed"
            case .leafMissing: "a record is missing"
            case .segmentUnreadable: "a file of the archive is missing, was changed, or does not open"
            }
        }
    }

    /// What is wrong.
    public let code: Code
    /// The leaf; the first one of a segment.
    public let index: UInt64

    /// One line.
    public var description: String { "\(code.rawValue) leaf \(index)" }
}

/// The result of looking at every record with the keys.
public struct RecordVerification: Sendable, Equatable {
    /// How many problems are kept; further ones are counted.
    public static let problemLimit = 100

    /// Bodies that opened and are those to which their leaves commit.
    public internal(set) var opened: UInt64 = 0
    /// Bodies whose key was destroyed, as the log tells.
    public internal(set) var destroyed: UInt64 = 0
    /// Bodies whose retention ended, as the log tells.
    public internal(set) var expired: UInt64 = 0
    /// The first problems.
    public private(set) var problems: [RecordProblem] = []
    /// How many there are in all.
    public private(set) var problemCount = 0

    /// Whether nothing is wrong.
    public var isIntact: Bool { problemCount == 0 }

    mutating func report(_ code: RecordProblem.Code, _ index: Int64) {
        problemCount += 1
        if problems.count < Self.problemLimit {
            problems.append(RecordProblem(code: code, index: UInt64(clamping: index)))
        }
    }
}
