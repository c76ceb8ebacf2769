public import SecondOpinion

/// What was done to a study: proof for the audit record, without any value of the study.
public struct DeidentificationReceipt: Sendable, Hashable {
    /// Whether text may stand in the pixels. In the order of certainty: of several instances the first counts.
    public enum BurnedIn: String, Sendable, CaseIterable {
        /// At least one header says nothing, and nobody looked: such images stay in this process.
        case unchecked
        /// Every header says BurnedInAnnotation NO; the pixels were not read.
        case declaredAbsent
        /// Every frame was searched, and nothing that counts as text was found.
        case textFree
        /// A mask was laid over every frame, and the rest was searched.
        case masked
        /// No object has pixels.
        case noPixels
    }

    /// Where the ages on the result come from: derived from birth and study date, as stated, or none.
    public enum AgeSource: String, Sendable, CaseIterable { case derived, stated, none }

    /// `PS3.15 Annex E`, the Basic Profile and the options in words.
    public let profile: String
    /// The profile's name.
    public let profileName: String
    /// The version that the profile's author gave it.
    public let profileVersion: String
    /// SHA-256 (hexadecimal) of profile and tables.
    public let profileDigest: String
    /// SHA-256 (hexadecimal) of the rules and masks for text in pixels (`BurnedInPolicy.digest`).
    public let pixelRulesDigest: String
    /// When pixels were searched for text.
    public let textGate: TextGate
    /// Edition of the table of actions.
    public let edition: String
    /// Name and version of this program's rules.
    public let version: String
    /// Codes of DCM (CID 7050) that were applied and stand in the result.
    public let methodCodes: [String]
    /// What became of dates.
    public let dates: DateRule
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
    /// Names the key of the pseudonyms, or their list, without telling it.
    public let uidMapKeyID: String
    /// The least certain instance counts.
    public let burnedIn: BurnedIn
    /// The least certain source in the study.
    public let ageSource: AgeSource
    /// What the second opinion looked at in the written bytes; it found nothing.
    public let secondOpinion: SearchResult.Statistics
    /// SHA-256 (hexadecimal) over what was read: the values in the order of instances and tags (`ValueDigest`), or the
    /// bytes of files.
    public let inputDigest: String
    /// The same over what was answered.
    public let outputDigest: String
}

extension DeidentificationReceipt {
    init(
        _ profile: DeidentificationProfile, _ policy: BurnedInPolicy, _ rewriter: DataSetRewriter,
        cleanings: Set<ObjectCleaning>, keyID: String,
        secondOpinion: SearchResult.Statistics, inputDigest: String, outputDigest: String
    ) {
        let (actions, ages) = (rewriter.counts.actions, rewriter.counts.ages)
        let burnedIn = Set(cleanings.map { BurnedIn($0.verdict) })
        let codes = ObjectCleaning.options(of: profile, cleanings)
        let options = codes.dropFirst().map { $0.meaning.replacing(" Option", with: "") }
        self.init(
            profile: (["PS3.15 Annex E Basic Profile"] + options).joined(separator: ", "), profileName: profile.name,
            profileVersion: profile.version, profileDigest: profile.digest, pixelRulesDigest: policy.digest,
            textGate: policy.gate, edition: profile.edition,
            version: Markers.version, methodCodes: codes.map(\.rawValue), dates: profile.dates,
            instanceCount: rewriter.counts.instances,
            actionCounts: Dictionary(uniqueKeysWithValues: actions.map { ($0.key.rawValue, $0.value) }),
            ruleCounts: rewriter.counts.rules, keptCount: actions[.K] ?? 0, removedCount: actions[.X] ?? 0,
            replacedCount: [Action.Z, .D, .C, .U].reduce(0) { $0 + (actions[$1] ?? 0) },
            uidCount: rewriter.uids.replaced.count, uidMapKeyID: keyID,
            burnedIn: BurnedIn.allCases.first(where: burnedIn.contains) ?? .unchecked,
            ageSource: AgeSource.allCases.last { ages[$0] != nil } ?? .none, secondOpinion: secondOpinion,
            inputDigest: inputDigest,
            outputDigest: outputDigest)
    }
}

extension DeidentificationReceipt.BurnedIn {
    init(_ verdict: BurnedInVerdict) {
        switch verdict {
        case .declaredAbsent: self = .declaredAbsent
        case .textFree: self = .textFree
        case .masked: self = .masked
        case .noPixels: self = .noPixels
        case .unchecked, .quarantine: self = .unchecked
        }
    }
}
