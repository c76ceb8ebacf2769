/// What was done to a study: proof for the audit record, without any value of the study.
public struct DeidentificationReceipt: Sendable, Hashable {
    /// Whether text may stand in the pixels.
    public enum BurnedIn: String, Sendable, CaseIterable {
        /// Every header says BurnedInAnnotation NO; the pixels were not read.
        case declaredAbsent
        /// At least one header says nothing, and nobody looked: such images stay in this process.
        case unchecked
    }

    /// Where the ages on the result come from: derived from birth and study date, as stated, or none.
    public enum AgeSource: String, Sendable, CaseIterable { case derived, stated, none }

    /// `PS3.15 Annex E`, the edition and the options.
    public let profile: String
    /// Edition of the table of actions.
    public let edition: String
    /// Name and version of this program's rules.
    public let version: String
    /// Codes of DCM (CID 7050) that were applied and stand in the result.
    public let methodCodes: [String]
    /// Instances of the study.
    public let instanceCount: Int
    /// Elements by what was done: keys D Z X K C U.
    public let actionCounts: [String: Int]
    /// Elements by action and rule, as in `X:privateElement`.
    public let ruleCounts: [String: Int]
    /// Elements kept as they were.
    public let keptCount: Int
    /// Elements removed.
    public let removedCount: Int
    /// Emptied, replaced by a dummy, cleaned or given another UID.
    public let replacedCount: Int
    /// Different UIDs that were given a pseudonym.
    public let uidCount: Int
    /// Names the key of the pseudonyms without telling it.
    public let uidMapKeyID: String
    /// The least certain instance counts.
    public let burnedIn: BurnedIn
    /// The least certain source in the study.
    public let ageSource: AgeSource
    /// SHA-256 (hexadecimal) over the values read, in the order of instances and tags (`ValueDigest`).
    public let inputDigest: String
    /// The same over the values answered.
    public let outputDigest: String
}
