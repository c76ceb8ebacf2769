/// The characters that a message is cut at, read from its own MSH-1 and MSH-2 (HL7 v2.5.1 §2.5.4), never assumed.
public struct Delimiters: Sendable, Hashable {
    /// MSH-1.
    public let field: UInt8
    /// The first character of MSH-2.
    public let component: UInt8
    /// Absent where MSH-2 is shorter than the four usual characters.
    public let repetition: UInt8?
    /// The third character of MSH-2.
    public let escape: UInt8?
    /// The fourth character of MSH-2.
    public let subcomponent: UInt8?
    /// The truncation character of version 2.7 and later.
    public let truncation: UInt8?

    /// `|^~\&`
    public static let usual = Delimiters(
        field: UInt8(ascii: "|"), component: UInt8(ascii: "^"), repetition: UInt8(ascii: "~"),
        escape: UInt8(ascii: "\\"), subcomponent: UInt8(ascii: "&"), truncation: nil)

    private init(
        field: UInt8, component: UInt8, repetition: UInt8?, escape: UInt8?, subcomponent: UInt8?, truncation: UInt8?
    ) {
        self.field = field
        self.component = component
        self.repetition = repetition
        self.escape = escape
        self.subcomponent = subcomponent
        self.truncation = truncation
    }

    /// - Parameters:
    ///   - field: MSH-1.
    ///   - encodingCharacters: MSH-2, one to five characters.
    /// - Throws: `delimitersInvalid` unless all are different printable ASCII characters, no letters, digits or quotes.
    public init(field: UInt8, encodingCharacters: some Collection<UInt8>) throws(HL7v2Error) {
        let characters = Array(encodingCharacters)
        let all = [field] + characters
        guard (1...5).contains(characters.count), Set(all).count == all.count, all.allSatisfy(Self.mayDelimit) else {
            throw HL7v2Error(.delimitersInvalid, at: ErrorLocation(segment: "MSH", field: 2))
        }
        func character(_ index: Int) -> UInt8? { index < characters.count ? characters[index] : nil }
        self.init(
            field: field, component: characters[0], repetition: character(1), escape: character(2),
            subcomponent: character(3), truncation: character(4))
    }

    private static func mayDelimit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "\""):
            false
        default: (0x21...0x7E).contains(byte)
        }
    }

    /// MSH-2.
    public var encodingCharacters: [UInt8] {
        [component] + [repetition, escape, subcomponent, truncation].compactMap(\.self)
    }

    /// The letter that stands for a delimiter in an escape sequence, and back (§2.7.1).
    var escapeLetters: [(letter: UInt8, delimiter: UInt8)] {
        let table: [(UInt8, UInt8?)] = [
            (UInt8(ascii: "F"), field), (UInt8(ascii: "S"), component), (UInt8(ascii: "R"), repetition),
            (UInt8(ascii: "E"), escape), (UInt8(ascii: "T"), subcomponent), (UInt8(ascii: "P"), truncation),
        ]
        return table.compactMap { row in row.1.map { (letter: row.0, delimiter: $0) } }
    }
}
