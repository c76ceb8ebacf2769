extension AuditProblem.Code {
    /// What happened, in one sentence for people.
    public var explanation: String {
        switch self {
        case .leafMalformed:
            "a record does not have the form of a record: it was changed, or never written by this program"
        case .logMismatch: "a record belongs to another log"
        case .indexGap: "a record was removed, repeated or moved"
        case .intentUnknown:
            "an outcome does not belong to an announced access (its intent): the history contradicts itself"
        case .rootMismatch: "the records are not those that were stored last: something was changed or removed"
        case .frontierMalformed: "the stored edge of the tree (frontier) is missing or damaged"
        case .checkpointSignatureInvalid: "a checkpoint is not signed by this log's key, or was spoiled"
        case .checkpointUnreadable:
            "a checkpoint, or the folder for them, cannot be read: what it promises was not compared"
        case .handoverInvalid: "a handover of the signing key is not signed by both keys, or contradicts another one"
        case .checkpointLogMismatch: "a checkpoint belongs to another log"
        case .checkpointInconsistent: "history was changed after this checkpoint was signed"
        case .truncated:
            "the log is shorter than this checkpoint says: its end was removed, or an older copy was put back"
        case .recordsLost: "a declared restore lost records that this checkpoint covered"
        case .segmentMissing: "a file of the archive is not in its place: its records were not read"
        case .segmentChanged: "a file of the archive was changed: its records were not read"
        }
    }
}
