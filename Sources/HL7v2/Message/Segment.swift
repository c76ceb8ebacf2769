/// One segment: its name and where its bytes lie. Fields are cut when they are asked for.
public struct Segment: Sendable, Hashable {
    /// Three upper-case letters or digits; any name, Z segments too.
    public let name: String
    /// The bytes in `Message.bytes`, without the terminator.
    public let range: Range<Int>

    init(name: String, range: Range<Int>) {
        self.name = name
        self.range = range
    }

    /// Whether MSH-1's numbering holds: the separator itself is field 1 (§2.5.4; FHS and BHS too).
    var countsItsSeparator: Bool { name == "MSH" || name == "BHS" || name == "FHS" }
}
