internal import DICOM

/// What one profile does with each row of table E.1-1: the Basic Profile's action, overridden by the options.
struct EffectiveRules: Sendable {
    /// What became of one row.
    enum Rule: Sendable, Hashable {
        /// The action of the Basic Profile.
        case basic(BasicAction)
        /// An option keeps it.
        case kept(ProfileOption)
        /// An option cleans it.
        case cleaned(ProfileOption)
    }

    private let rules: [Tag: Rule]
    private let basics: [Tag: BasicAction]
    let table: ProfileTable
    let types: AttributeTypes
    let dictionary: DataDictionary
    /// Words that the standard uses.
    let words: Set<String>
    /// UIDs that the standard registers.
    let uids: Set<String>

    init(options: Set<ProfileOption>, tables: ShippedTables) {
        let (table, dictionary) = (tables.profile, tables.dictionary)
        var rules: [Tag: Rule] = [:]
        for row in table.rows {
            guard let tag = Tag(hex: row.tag) else { continue }
            rules[tag] = Self.rule(for: row, options: options, vr: dictionary[tag]?.vr)
        }
        self.rules = rules
        basics = Dictionary(
            table.rows.compactMap { row in Tag(hex: row.tag).map { ($0, row.basic) } },
            uniquingKeysWith: { first, _ in first })
        self.table = table
        self.dictionary = dictionary
        (types, words, uids) = (tables.types, tables.words, tables.uids)
    }

    /// The rule of the table; nil for what it does not name.
    subscript(tag: Tag) -> Rule? { rules[tag] }

    /// The action of the Basic Profile, whatever an option says.
    func basic(_ tag: Tag) -> BasicAction? { basics[tag] }

    /// Dates follow the profile's rule for dates alone: a device's date tells when a patient was there as well as any
    /// other. Of several options that speak, one that cleans wins over one that keeps.
    static func rule(for row: ProfileTable.Row, options: Set<ProfileOption>, vr: VR?) -> Rule {
        let isTime = vr == .DA || vr == .DT || vr == .TM
        let dated = row.columns[.retainFullDates] != nil
        let speaking = ProfileOption.allCases.filter { option in
            guard options.contains(option), let column = row.columns[option] else { return false }
            if isTime, dated { return option == .retainFullDates || option == .retainModifiedDates }
            // Text about a patient's characteristics is cleaned by the cleaner of descriptors or not at all.
            return !(option == .retainPatientCharacteristics && column == .C && !options.contains(.cleanDescriptors))
        }
        if let option = speaking.first(where: { row.columns[$0] == .C }) { return .cleaned(option) }
        if let option = speaking.first { return .kept(option) }
        return .basic(row.basic)
    }
}
