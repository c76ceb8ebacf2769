internal import DICOM

/// Table E.1-1 of PS3.15, edition 2024b, with all columns: `Tables/profile_2024b.tsv`, derived by `derive.py`.
struct ProfileTable: Sendable {
    /// What an option's column says.
    enum Column: String, Sendable, Hashable { case K, C }

    /// One row.
    struct Row: Sendable, Hashable {
        /// Eight hexadecimal digits with X for free ones, or `PRIVATE`.
        let tag: String
        let keyword: String
        let name: String
        let basic: BasicAction
        let columns: [ProfileOption: Column]
    }

    /// In the order of tags; the row of private attributes first.
    let rows: [Row]

    /// Reads the derived table; a line that is not understood makes the whole unavailable.
    init(_ text: String) throws(DeidentificationError) {
        var rows: [Row] = []
        for line in text.split(separator: "\n") {
            let cells = line.split(separator: "\t").map(String.init)
            guard cells.count == 5, let basic = BasicAction(rawValue: cells[2]), let columns = Self.columns(cells[3])
            else { throw DeidentificationError(.profileUnavailable) }
            rows.append(Row(tag: cells[0], keyword: cells[1], name: cells[4], basic: basic, columns: columns))
        }
        // These rows are written out in `DefaultDeny`: they must be the ones expected.
        let patterns = rows.filter { Tag(hex: $0.tag) == nil }
        guard Set(patterns.map(\.tag)) == ["PRIVATE", "50XXXXXX", "60XX3000", "60XX4000"],
            patterns.allSatisfy({ $0.basic == .x }),
            rows.contains(where: { $0.tag == Tag.patientName.hex && $0.basic == .z })
        else { throw DeidentificationError(.profileUnavailable) }
        self.rows = rows
    }

    private static func columns(_ cell: String) -> [ProfileOption: Column]? {
        guard cell != "-" else { return [:] }
        var columns: [ProfileOption: Column] = [:]
        for pair in cell.split(separator: ",") {
            let parts = pair.split(separator: ":").map(String.init)
            guard parts.count == 2, let option = ProfileOption(rawValue: parts[0]),
                let action = Column(rawValue: parts[1])
            else { return nil }
            columns[option] = action
        }
        return columns
    }
}

/// The action of the Basic Profile: one code, or a choice that the attribute's type in its IOD decides (PS3.15 E.1.1).
enum BasicAction: String, Sendable, Hashable {
    case x = "X"
    case z = "Z"
    case d = "D"
    case u = "U"
    case xz = "X/Z"
    case xd = "X/D"
    case zd = "Z/D"
    case xzd = "X/Z/D"
    case xzu = "X/Z/U*"

    /// The strongest action that keeps the object conforming: X for type 3, Z for type 2, D for type 1. Where the object
    /// is not known, the one that conforms to most types: D, else Z.
    func resolved(_ type: AttributeTypes.Requirement) -> Action {
        switch (self, type) {
        case (.u, _): .U
        case (.d, _): .D
        // Z allows a dummy (E.1.1), and an empty type 1 would not conform.
        case (.z, .required): .D
        case (.z, _): .Z
        // A sequence of references: walked, its UIDs replaced.
        case (.xzu, _): .K
        // Unless the object must have it: `DataSetRewriter.isAskedFor`.
        case (.x, _): .X
        case (.xz, .optional), (.xd, .optional), (.xzd, .optional): .X
        case (.xz, .required), (.xd, _), (.zd, .required), (.xzd, .required), (.xzd, .unknown), (.zd, .unknown): .D
        case (.xz, _), (.zd, _), (.xzd, _): .Z
        }
    }
}
