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
        var characters: (UInt8?, UInt8?, UInt8?, UInt8?, UInt8?) = (nil, nil, nil, nil, nil)
        // One bit for each character met: this runs for each message.
        var seen: (low: UInt64, high: UInt64) = (0, 0)
        func isNew(_ byte: UInt8) -> Bool {
            guard Self.mayDelimit(byte) else { return false }
            let bit: UInt64 = 1 << UInt64(byte & 63)
            if byte < 64 {
                defer { seen.low |= bit }
                return seen.low & bit == 0
            }
            defer { seen.high |= bit }
            return seen.high & bit == 0
        }
        var areValid = isNew(field)
        var count = 0
        for byte in encodingCharacters.prefix(6) {
            areValid = areValid && isNew(byte)
            switch count {
            case 0: characters.0 = byte
            case 1: characters.1 = byte
            case 2: characters.2 = byte
            case 3: characters.3 = byte
            case 4: characters.4 = byte
            default: areValid = false
            }
            count += 1
        }
        guard areValid, let component = characters.0 else {
            throw HL7v2Error(.delimitersInvalid, at: ErrorLocation(segment: "MSH", field: 2))
        }
        self.init(
            field: field, component: component, repetition: characters.1, escape: characters.2,
            subcomponent: characters.3, truncation: characters.4)
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

    /// Whether a message is cut at `byte`.
    func cuts(_ byte: UInt8) -> Bool {
        byte == field || byte == component || byte == repetition || byte == subcomponent
    }

    /// The letter that stands for a delimiter in an escape sequence (§2.7.1); nil for other characters.
    func letter(of byte: UInt8) -> UInt8? {
        switch byte {
        case field: UInt8(ascii: "F")
        case component: UInt8(ascii: "S")
        case repetition: UInt8(ascii: "R")
        case escape: UInt8(ascii: "E")
        case subcomponent: UInt8(ascii: "T")
        case truncation: UInt8(ascii: "P")
        default: nil
        }
    }

    /// The delimiter that a letter stands for; nil where the message has none.
    func delimiter(letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "F"): field
        case UInt8(ascii: "S"): component
        case UInt8(ascii: "R"): repetition
        case UInt8(ascii: "E"): escape
        case UInt8(ascii: "T"): subcomponent
        case UInt8(ascii: "P"): truncation
        default: nil
        }
    }
}
