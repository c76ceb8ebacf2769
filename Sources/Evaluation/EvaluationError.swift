/// Why an evaluation cannot begin. It names a place in the table of labels, never what stands there.
public struct EvaluationError: Error, Sendable, Equatable {
    /// Stable codes.
    public enum Code: String, Sendable, Equatable, CaseIterable {
        /// The table has no line with the names of the columns.
        case labelsEmpty
        /// The table has that line and no row below it.
        case labelsWithoutRows
        /// The table is not text in UTF-8.
        case labelsNotUTF8
        /// The table is larger than 64 MiB or has more than a million rows or 256 columns.
        case labelsTooLarge
        /// A quoted field does not end, or goes on behind its closing quote.
        case labelsQuoteMalformed
        /// A row has more or fewer fields than the line of names.
        case labelsRowLength
        /// There is no column of the name that was asked for.
        case labelsColumnMissing
        /// Two columns have the same name.
        case labelsColumnRepeated
        /// A label is neither of the two values.
        case labelsValueUnknown
        /// A row names no file.
        case labelsFileEmpty
        /// A row names a file outside the folder of images.
        case labelsFileOutside
        /// Two rows name the same image.
        case labelsRowRepeated
        /// The distributions to compare with are not what this version writes.
        case referenceInvalid
        /// They are those of other weights: two models cannot be compared by their scores.
        case referenceOtherModel
    }

    /// The stable code.
    public let code: Code
    /// The row of the table, counted from 1 with the line of names as row 1.
    public let row: Int?
    /// The name that was asked for, or the number of the column counted from 1.
    public let column: String?

    init(_ code: Code, row: Int? = nil, column: String? = nil) {
        self.code = code
        self.row = row
        self.column = column
    }
}
