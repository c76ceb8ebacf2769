internal import DICOM

/// The Basic Application Level Confidentiality Profile with the Retain Patient Characteristics Option (PS3.15 Annex E),
/// edition 2024b, as a table: `Tables/profile_2024b.tsv`, derived by `derive.py`.
public struct DeidentificationProfile: Sendable {
    /// Codes of CID 7050 that say what was applied, with their meanings.
    public static let methods: [(code: String, meaning: String)] = [
        ("113100", "Basic Application Confidentiality Profile"),
        ("113108", "Retain Patient Characteristics Option"),
    ]
    /// The edition of the table.
    public static let edition = "2024b"

    private let actions: [Tag: Action]
    let dictionary: DataDictionary

    /// Reads the derived table; a line that is not understood makes the whole unavailable.
    init(table: String, dictionary: DataDictionary) throws(DeidentificationError) {
        var actions: [Tag: Action] = [:]
        var repeating: Set<String> = []
        for line in table.split(separator: "\n") {
            let columns = line.split(separator: "\t").map(String.init)
            guard columns.count == 4,
                let action = Self.action(basic: columns[1], option: columns[2], keyword: columns[3])
            else { throw DeidentificationError(.profileUnavailable) }
            if let tag = Tag(hex: columns[0]) {
                actions[tag] = action
            } else {
                guard action == .X else { throw DeidentificationError(.profileUnavailable) }
                repeating.insert(columns[0])
            }
        }
        // These rows are written out in `DefaultDeny`: they must be the ones expected.
        guard repeating == ["PRIVATE", "50XXXXXX", "60XX3000", "60XX4000"], actions[.patientName] == .Z else {
            throw DeidentificationError(.profileUnavailable)
        }
        self.actions = actions
        self.dictionary = dictionary
    }

    /// The action of the table; nil for what it does not name.
    subscript(tag: Tag) -> Action? { actions[tag] }

    /// One action of what the table allows. The type of the attribute in its IOD is not known here, so a choice between
    /// removing, emptying and a dummy takes the one that conforms for every type; the option's K wins, its C is not
    /// implemented and so the basic action holds.
    private static func action(basic: String, option: String, keyword: String) -> Action? {
        if option == "K" { return .K }
        switch basic {
        case "X", "Z", "D", "U": return Action(rawValue: basic)
        case "X/Z": return .Z
        case "Z/D", "X/D", "X/Z/D":
            // A sequence has no dummy but a code: others are emptied, or removed where they may be.
            guard keyword.hasSuffix("Sequence"), !keyword.hasSuffix("CodeSequence") else { return .D }
            return basic == "X/D" ? .X : .Z
        // A sequence of references: walked, its UIDs replaced.
        case "X/Z/U*": return .K
        default: return nil
        }
    }
}
