/// One HL7 v2 message of any type and version, by its own delimiters. The bytes stay as received; segments are found
/// when it is parsed, everything finer is cut, unescaped and decoded when it is asked for.
public struct Message: Sendable {
    /// The message as received, unchanged.
    public let bytes: [UInt8]
    /// MSH.
    public let header: MessageHeader
    /// All segments in the order received, unknown and Z segments too.
    public let segments: [Segment]
    /// What the text is decoded with: MSH-18, or the sender's default.
    public let characterSet: MessageCharacterSet
    /// The deviations from the standard that were met and admitted.
    public let tolerated: Tolerances

    /// The delimiters that the message itself names.
    public var delimiters: Delimiters { header.delimiters }

    /// - Parameters:
    ///   - bytes: One message, without MLLP's frame.
    ///   - options: How this sender's messages are read.
    /// - Throws: `HL7v2Error`, which says by itself how to acknowledge (`condition`, `isRejection`, `location`).
    public init(parsing bytes: [UInt8], options: MessageOptions = MessageOptions()) throws(HL7v2Error) {
        guard bytes.count <= options.limits.bytes else { throw HL7v2Error(.messageTooLong) }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw HL7v2Error(.characterSetUnframeable)
        }
        let header = try MessageHeader(parsing: bytes)
        let start = MessageHeader.start(of: bytes)
        var scanner = SegmentScanner(bytes, from: start, header.delimiters, options.limits)
        try scanner.scan()
        let (characterSet, doubts) = try Self.characterSet(of: bytes, header, default: options.characterSet)
        var met = scanner.tolerated.union(doubts)
        let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        if mark > 0 { met.insert(.byteOrderMark) }
        if start > mark { met.insert(.leadingSpace) }
        guard met.isSubset(of: options.tolerances) else { throw HL7v2Error(.toleranceRequired) }
        self.bytes = bytes
        self.header = header
        segments = scanner.segments
        tolerated = met
        self.characterSet = characterSet
    }

    private static func characterSet(
        of bytes: [UInt8], _ header: MessageHeader, default defaultSet: MessageCharacterSet
    ) throws(HL7v2Error) -> (MessageCharacterSet, Tolerances) {
        let term = header.characterSetTerm
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        // A byte order mark says UTF-8 where MSH-18 says nothing.
        let assumed = hasMark ? MessageCharacterSet.utf8 : defaultSet
        let declared = term.isEmpty ? assumed : try MessageCharacterSet(term: term)
        switch declared {
        case .latin1, .windows1252: return (declared, [])
        case .utf8: return (.utf8, isUTF8(bytes) ? [] : .invalidUTF8)
        case .ascii:
            guard bytes.dropFirst(hasMark ? 3 : 0).contains(where: { $0 >= 0x80 }) else { return (.ascii, []) }
            return (isUTF8(bytes) ? .utf8 : .windows1252, .undeclaredCharacterSet)
        }
    }

    private static func isUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }
}

extension Message: CustomStringConvertible, CustomReflectable {
    /// Nothing of the content: a message is identified data.
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
