/// A table of text with the names of its columns in the first line (RFC 4180), as spreadsheets write it.
///
/// Tolerated: a byte order mark, line ends of any kind, a semicolon or tab as separator (whichever stands in the first
/// line most often), blank lines. Not tolerated: rows of another length, quotes that do not end.
public struct CSVTable: Sendable, Equatable {
    /// The names of the columns.
    public let names: [String]
    /// The rows with their number in the file, counted from 1 with the line of names as 1; a quoted line end does not
    /// count.
    public let rows: [Row]

    /// One row.
    public struct Row: Sendable, Equatable {
        /// Its number.
        public let number: Int
        /// Its fields, as many as there are names.
        public let fields: [String]
    }

    static let largest = 64 << 20
    static let mostRows = 1_000_000
    static let mostColumns = 256

    /// Reads a table.
    public init(parsing bytes: [UInt8]) throws(EvaluationError) {
        guard bytes.count <= Self.largest else { throw EvaluationError(.labelsTooLarge) }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw EvaluationError(.labelsNotUTF8) }
        var reader = CSVReader(bytes)
        guard let first = try reader.row() else { throw EvaluationError(.labelsEmpty) }
        guard first.fields.count <= Self.mostColumns else { throw EvaluationError(.labelsTooLarge, row: first.number) }
        names = first.fields
        for (index, name) in names.enumerated() where names[..<index].contains(name) {
            throw EvaluationError(.labelsColumnRepeated, row: first.number, column: String(index + 1))
        }
        var rows: [Row] = []
        while let row = try reader.row() {
            guard row.fields.count == names.count else { throw EvaluationError(.labelsRowLength, row: row.number) }
            guard rows.count < Self.mostRows else { throw EvaluationError(.labelsTooLarge, row: row.number) }
            rows.append(row)
        }
        self.rows = rows
    }

    /// The place of a column.
    public func column(_ name: String) throws(EvaluationError) -> Int {
        guard let index = names.firstIndex(of: name) else {
            throw EvaluationError(.labelsColumnMissing, row: 1, column: name)
        }
        return index
    }
}
