/// One segment: its name and where its bytes lie. Fields are cut when they are asked for.
public struct Segment: Sendable, Hashable {
    /// The bytes in `Message.bytes`, without the terminator.
    public let range: Range<Int>
    /// The name as a number.
    let code: UInt32
    /// The segment's field separators among those of the message.
    let separators: Range<Int>

    init(code: UInt32, range: Range<Int>, separators: Range<Int>) {
        self.code = code
        self.range = range
        self.separators = separators
    }

    /// Three upper-case letters or digits; any name, Z segments too.
    public var name: String {
        String(decoding: [code >> 16, code >> 8, code].map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
    }

    /// Whether MSH-1's numbering holds: the separator itself is field 1 (§2.5.4; FHS and BHS too).
    var countsItsSeparator: Bool {
        code == SegmentName.MSH || code == SegmentName.BHS || code == SegmentName.FHS
    }

    /// The same of a name.
    static func countsItsSeparator(_ name: String) -> Bool { name == "MSH" || name == "BHS" || name == "FHS" }
}
