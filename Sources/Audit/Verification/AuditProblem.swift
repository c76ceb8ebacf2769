/// One thing that is wrong with a log.
public struct AuditProblem: Sendable, Hashable, CustomStringConvertible {
    /// Stable codes, each with a page in the documentation.
    public enum Code: String, Sendable, CaseIterable {
        /// A leaf that breaks a rule of its form.
        case leafMalformed
        /// A leaf of another log.
        case logMismatch
        /// An index that is not the next one: removed, repeated or moved.
        case indexGap
        /// An outcome whose intent is not an earlier intent of the same order and event, or already has its outcome.
        case intentUnknown
        /// The leaves do not give the size and root of the stored frontier.
        case rootMismatch
        /// The stored frontier cannot be read.
        case frontierMalformed
        /// A checkpoint that is no signed note of the expected key.
        case checkpointSignatureInvalid
        /// A checkpoint, or a folder for them, that cannot be read: what it promises was not compared.
        case checkpointUnreadable
        /// Handovers of the signing key that make no chain: only the first key is believed.
        case handoverInvalid
        /// A checkpoint of another log.
        case checkpointLogMismatch
        /// A checkpoint whose root is not the root of the log's beginning: history was changed.
        case checkpointInconsistent
        /// The log is shorter than a checkpoint says: its end was removed, or an older copy was put back.
        case truncated
        /// A restore that the log itself declares lost records of which a checkpoint tells.
        case recordsLost
        /// A segment of the archive is not there: its leaves were not read.
        case segmentMissing
        /// A segment of the archive is not the file that was written: its leaves were not read.
        case segmentChanged
    }

    /// What is wrong.
    public let code: Code
    /// The leaf, where one is meant.
    public let index: UInt64?
    /// Where exactly, in fixed words or the checkpoint's file name.
    public let place: String

    init(_ code: Code, index: UInt64? = nil, at place: String = "") {
        self.code = code
        self.index = index
        self.place = place
    }

    /// One line.
    public var description: String {
        [code.rawValue, index.map { "leaf \($0)" } ?? "", place].filter { !$0.isEmpty }.joined(separator: " ")
    }
}

/// A checkpoint as it was found.
public struct HeldCheckpoint: Sendable, Hashable {
    /// Where it was kept. Only those kept elsewhere prove that nothing was cut off or rolled back.
    public enum Keeper: String, Sendable { case inside, outside }

    /// The signed note.
    public let note: [UInt8]
    /// Where it was kept.
    public let keeper: Keeper
    /// The file's name, for the report.
    public let name: String

    /// A checkpoint file.
    public init(note: [UInt8], keeper: Keeper, name: String) {
        self.note = note
        self.keeper = keeper
        self.name = name
    }
}
