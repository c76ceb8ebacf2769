/// A character set of table 0211 that this module decodes (MSH-18, HL7 v2.5.1 §2.15.9.18).
public enum MessageCharacterSet: String, Sendable, Hashable, CaseIterable {
    case ascii = "ASCII"
    case latin1 = "8859/1"
    case windows1252 = "WINDOWS-1252"
    case utf8 = "UNICODE UTF-8"

    /// The set that a term of MSH-18, or one of its usual misspellings, names.
    ///
    /// - Throws: `characterSetUnframeable` for UTF-16 and UTF-32, else `characterSetUnsupported`.
    public init(term: String) throws(HL7v2Error) {
        let letters = term.uppercased().filter { !" -_/".contains($0) }
        let location = ErrorLocation(segment: "MSH", field: 18)
        switch letters {
        case "ASCII", "USASCII", "ISOIR6", "ISO646", "ISO646US": self = .ascii
        case "88591", "ISO88591", "ISOIR100", "LATIN1", "ISOLATIN1": self = .latin1
        case "WINDOWS1252", "CP1252", "ANSI": self = .windows1252
        case "UNICODEUTF8", "UTF8", "UNICODE", "ISOIR192": self = .utf8
        default:
            let isWide = ["UTF16", "UTF32", "UCS2", "UCS4"].contains { letters.contains($0) }
            throw HL7v2Error(isWide ? .characterSetUnframeable : .characterSetUnsupported, at: location)
        }
    }

    /// The text that `bytes` stand for; bytes that the set does not define become U+FFFD.
    public func decode(_ bytes: some Collection<UInt8>) -> String {
        switch self {
        case .utf8: String(decoding: bytes, as: UTF8.self)
        case .ascii: Self.text(bytes) { $0 < 0x80 ? UInt32($0) : 0xFFFD }
        case .latin1: Self.text(bytes) { UInt32($0) }
        case .windows1252: Self.text(bytes) { (0x80...0x9F).contains($0) ? Self.upper[Int($0 - 0x80)] : UInt32($0) }
        }
    }

    private static func text(_ bytes: some Collection<UInt8>, _ codePoint: (UInt8) -> UInt32) -> String {
        var scalars = String.UnicodeScalarView()
        for byte in bytes { scalars.append(Unicode.Scalar(codePoint(byte)) ?? "\u{FFFD}") }
        return String(scalars)
    }

    /// The code points of 0x80 to 0x9F in Windows-1252; 0xFFFD where it defines none.
    private static let upper: [UInt32] = [
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD,
        0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0xFFFD, 0x017E, 0x0178,
    ]
}
