internal import DICOM

extension DeidentificationProfile {
    /// What a profile does with one row of table E.1-1, for a person to read.
    public struct Explanation: Sendable, Hashable {
        /// Eight hexadecimal digits with X for free ones, or `PRIVATE`.
        public let tag: String
        /// The keyword of PS3.6; empty where there is none.
        public let keyword: String
        /// The name in the table.
        public let name: String
        /// The action of the Basic Profile, as in `X/Z/D`.
        public let basic: String
        /// The action that holds: of the Basic Profile, or K or C of an option.
        public let action: String
        /// The option that decides; nil where the Basic Profile does.
        public let option: ProfileOption?
        /// The same in words.
        public let words: String
    }

    /// The effective rule of every row, in the order of the table.
    public var explanations: [Explanation] {
        rules.table.rows.map { row in
            let vr = Tag(hex: row.tag).flatMap { rules.dictionary[$0]?.vr }
            let rule = EffectiveRules.rule(for: row, options: options, vr: vr)
            let (action, option, words): (String, ProfileOption?, String) =
                switch rule {
                case .basic(let basic):
                    (basic.rawValue, nil, Self.words(basic, isPatientID: row.tag == Tag.patientID.hex))
                case .kept(let option): ("K", option, "kept")
                case .cleaned(let option): ("C", option, Self.words(option))
                }
            return Explanation(
                tag: row.tag, keyword: row.keyword == "-" ? "" : row.keyword, name: row.name, basic: row.basic.rawValue,
                action: action, option: option, words: words)
        }
    }

    private static func words(_ basic: BasicAction, isPatientID: Bool) -> String {
        if isPatientID { return "replaced by a pseudonym" }
        return switch basic {
        case .x: "removed; text, dates and times emptied or replaced by a dummy where the object must have them"
        case .z: "emptied; a dummy where the object needs a value"
        case .d: "replaced by a dummy"
        case .u: "replaced by a UID that stands for it everywhere"
        case .xz: "removed, or emptied where the object needs the element"
        case .xd: "removed, or replaced by a dummy where the object needs the element"
        case .zd: "emptied, or replaced by a dummy where the object needs a value"
        case .xzd: "removed, emptied or replaced by a dummy, as little as the object needs"
        case .xzu: "kept; the UIDs in it are replaced"
        }
    }

    private static func words(_ option: ProfileOption) -> String {
        switch option {
        case .retainModifiedDates: "the date is moved by the patient's days; a time of day stays"
        case .cleanDescriptors, .retainPatientCharacteristics:
            "cleaned: words of the standard stay; names, numbers, dates and unknown words go"
        case .cleanStructuredContent: "kept; each content item is cleaned"
        case .cleanGraphics: "shapes stay; text, handwriting and overlays that nobody searched go"
        case .retainDeviceIdentity: "kept, unless something known of the patient stands in it"
        case .retainSafePrivate: "removed, but for the profile's list and blocks that call themselves safe"
        case .basic, .cleanPixelData, .cleanRecognizableVisualFeatures, .retainFullDates, .retainUIDs,
            .retainInstitutionIdentity:
            "cleaned"
        }
    }
}
