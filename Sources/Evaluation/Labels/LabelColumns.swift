/// Which columns of a table of labels mean what.
public struct LabelColumns: Sendable, Equatable {
    /// Names an image: a path below the folder of images, or a SOP Instance UID.
    public var image: String
    /// Holds the truth.
    public var label: String
    /// Tells images of one patient; nil where the patient is taken from the DICOM header.
    public var group: String?
    /// Columns by whose values figures are broken down.
    public var subgroups: [String]
    /// Values of `label` that mean yes and no, compared without regard to case.
    public var positive: [String]
    /// See `positive`.
    public var negative: [String]

    /// What `positive` and `negative` are unless others are named.
    public static let usualPositive = ["1", "true", "yes", "positive", "pneumonia"]
    /// See `usualPositive`.
    public static let usualNegative = ["0", "false", "no", "negative", "normal"]

    /// Names the columns.
    public init(
        image: String = "file", label: String = "label", group: String? = nil, subgroups: [String] = [],
        positive: [String] = Self.usualPositive, negative: [String] = Self.usualNegative
    ) {
        self.image = image
        self.label = label
        self.group = group
        self.subgroups = subgroups
        self.positive = positive
        self.negative = negative
    }
}

/// One row of a table of labels, read.
public struct LabelledImage: Sendable, Equatable {
    /// Its row in the table.
    public let row: Int
    /// The SOP Instance UID as the table has it, or the path without what leads nowhere (`.`, empty parts).
    public let name: String
    /// Whether `name` is a SOP Instance UID.
    public let isInstanceUID: Bool
    /// The truth.
    public let label: Bool
    /// The patient's name in the table; never written anywhere.
    public let group: String?
    /// The values of the subgroup columns, in their order.
    public let subgroups: [String]
}

extension CSVTable {
    /// Reads the rows by the meaning of their columns.
    ///
    /// A name of digits and dots alone is a SOP Instance UID (PS3.5 §9.1); anything else is a path, which may not lead
    /// out of its folder.
    public func labels(_ columns: LabelColumns) throws(EvaluationError) -> [LabelledImage] {
        let image = try column(columns.image)
        let label = try column(columns.label)
        let group = try optionalColumn(columns.group)
        var subgroups: [Int] = []
        for name in columns.subgroups { subgroups.append(try column(name)) }
        let positive = Set(columns.positive.map { $0.lowercased() })
        let negative = Set(columns.negative.map { $0.lowercased() })
        var seen: Set<String> = []
        guard !rows.isEmpty else { throw EvaluationError(.labelsWithoutRows) }
        var found: [LabelledImage] = []
        for row in rows {
            let written = row.fields[image]
            let isUID = written.contains(".") && written.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
            guard isUID || Self.staysInside(written) else {
                throw EvaluationError(.labelsFileOutside, row: row.number, column: columns.image)
            }
            // `./a` and `x//a` name the same file as `a` and `x/a`: one image must not count twice.
            let name = isUID ? written : Self.normalised(written)
            guard !name.isEmpty else { throw EvaluationError(.labelsFileEmpty, row: row.number, column: columns.image) }
            guard seen.insert(isUID ? "UID \(name)" : "path \(name)").inserted else {
                throw EvaluationError(.labelsRowRepeated, row: row.number, column: columns.image)
            }
            let value = row.fields[label].lowercased()
            guard positive.contains(value) != negative.contains(value) else {
                throw EvaluationError(.labelsValueUnknown, row: row.number, column: columns.label)
            }
            found.append(
                LabelledImage(
                    row: row.number, name: name, isInstanceUID: isUID, label: positive.contains(value),
                    group: group.map { row.fields[$0] }.flatMap { $0.isEmpty ? nil : $0 },
                    subgroups: subgroups.map { row.fields[$0] }))
        }
        return found
    }

    private func optionalColumn(_ name: String?) throws(EvaluationError) -> Int? {
        guard let name else { return nil }
        return try column(name)
    }

    private static func normalised(_ path: String) -> String {
        path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    private static func staysInside(_ path: String) -> Bool {
        !path.hasPrefix("/") && !path.split(separator: "/").contains("..") && !path.utf8.contains(0)
    }
}
