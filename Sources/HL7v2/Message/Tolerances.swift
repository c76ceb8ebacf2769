/// Deviations from the standard that hospitals send, each a named choice; `Message.tolerated` says which were met.
public struct Tolerances: OptionSet, Sendable, Hashable {
    /// One bit for each tolerance.
    public let rawValue: Int
    /// A set of tolerances by its bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// A UTF-8 byte order mark before MSH.
    public static let byteOrderMark = Tolerances(rawValue: 1 << 0)
    /// Blank lines or spaces before MSH.
    public static let leadingSpace = Tolerances(rawValue: 1 << 1)
    /// Segments that end with LF instead of CR. A lone LF inside a message whose segments end with CR is data, unless
    /// a segment name and the field separator follow.
    public static let lineFeed = Tolerances(rawValue: 1 << 2)
    /// Segments that end with CR LF.
    public static let carriageReturnLineFeed = Tolerances(rawValue: 1 << 3)
    /// A last segment without its terminator.
    public static let missingLastTerminator = Tolerances(rawValue: 1 << 4)
    /// Lines without content between segments.
    public static let blankLines = Tolerances(rawValue: 1 << 5)
    /// Bytes above 0x7F though MSH-18 declares ASCII or nothing: read as UTF-8 if they are valid, else as Windows-1252.
    public static let undeclaredCharacterSet = Tolerances(rawValue: 1 << 6)
    /// Bytes that the declared character set does not define: kept in `bytes`, U+FFFD in decoded text.
    public static let undecodableBytes = Tolerances(rawValue: 1 << 7)

    /// Only what the standard allows.
    public static let none: Tolerances = []
    /// Everything above.
    public static let all: Tolerances = [
        .byteOrderMark, .leadingSpace, .lineFeed, .carriageReturnLineFeed, .missingLastTerminator, .blankLines,
        .undeclaredCharacterSet, .undecodableBytes,
    ]
}
