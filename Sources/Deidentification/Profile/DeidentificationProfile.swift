internal import DICOM

/// A named way of de-identifying: the Basic Application Level Confidentiality Profile (PS3.15 Annex E) with the options
/// and additions that one file of `mappings/deidentification/` names.
public struct DeidentificationProfile: Sendable, Hashable {
    /// Its name, as in `research-shifted-dates`.
    public let name: String
    /// The version that its author gave it.
    public let version: String
    /// In one sentence, what it is for.
    public let summary: String
    /// The edition of the tables.
    public let edition: String
    /// What is applied; always holds `.basic`.
    public let options: Set<ProfileOption>
    /// When pixels are searched for text.
    public let textGate: TextGate
    /// How pseudonyms are made.
    public let pseudonymKind: PseudonymKind
    /// Standard elements outside table E.1-1 that stay although nothing else lets them.
    public let keepList: [KeptElement]
    /// Private elements that stay under Retain Safe Private.
    public let privateList: [PrivateElement]
    /// SHA-256 (hexadecimal) of the file's text and of the tables: what was really applied.
    public let digest: String
    let rules: EffectiveRules
    let keptTags: Set<Tag>

    /// What becomes of dates (0028,0303).
    public var dates: DateRule {
        if options.contains(.retainFullDates) { return .kept }
        return options.contains(.retainModifiedDates) ? .shifted : .removed
    }

    /// The options in the order of their codes, Basic first.
    public var codes: [ProfileOption] { ProfileOption.allCases.filter { options.contains($0) } }

    /// Whether the file's keep list names it.
    func keeps(_ tag: Tag) -> Bool { keptTags.contains(tag) }

    /// Two profiles are equal if they do the same under the same name.
    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.name == rhs.name && lhs.digest == rhs.digest }

    /// Name and digest.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(digest)
    }
}

extension DeidentificationProfile {
    /// A standard element that a profile lets stay beyond the general rules.
    public struct KeptElement: Sendable, Hashable {
        /// Eight hexadecimal digits.
        public let tag: String
        /// Why it identifies nobody, for the reader of the profile.
        public let reason: String
    }

    /// A private element that is known to be safe (PS3.15 §E.3.10).
    public struct PrivateElement: Sendable, Hashable {
        /// The group, odd.
        public let group: UInt16
        /// The creator of its block, as it stands in (gggg,00bb).
        public let creator: String
        /// The last two digits of the element number.
        public let offset: UInt8
        /// Its VR: needed in implicit VR, where the file does not tell.
        public let vr: String
        /// How many values it has at most: any bytes are numbers, and many of them can be a text.
        public let values: Int
        /// Why it identifies nobody.
        public let reason: String
    }
}
