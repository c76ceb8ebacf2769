/// One HL7 v2 message of any type and version, by its own delimiters. The bytes stay as received; segments and fields
/// are found when it is parsed, everything finer is cut, unescaped and decoded when it is asked for.
public struct Message: Sendable {
    /// The message as received, unchanged.
    public let bytes: [UInt8]
    /// MSH.
    public let header: MessageHeader
    /// All segments in the order received, unknown and Z segments too.
    public let segments: [Segment]
    /// The deviations from the standard that were met and admitted.
    public let tolerated: Tolerances

    /// What cutting looks at: as `bytes`, characters that only look like delimiters hidden.
    let structure: [UInt8]
    /// Where the field separators of all segments lie.
    let separators: [UInt32]
    let repertoire: CharacterRepertoire

    /// The delimiters that the message itself names.
    public var delimiters: Delimiters { header.delimiters }

    /// What the text is decoded with: MSH-18, or the sender's default.
    public var characterSet: MessageCharacterSet { repertoire.primary }

    /// - Parameters:
    ///   - bytes: One message, without MLLP's frame.
    ///   - options: How this sender's messages are read.
    /// - Throws: `HL7v2Error`, which says by itself how to acknowledge (`condition`, `isRejection`, `location`).
    public init(parsing bytes: [UInt8], options: MessageOptions = MessageOptions()) throws(HL7v2Error) {
        guard bytes.count <= options.limits.bytes else { throw HL7v2Error(.messageTooLong) }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw HL7v2Error(.characterSetUnframeable)
        }
        let mark = MessageHeader.markLength(bytes)
        // A byte order mark says UTF-8 where MSH-18 says nothing.
        let header = try MessageHeader(parsing: bytes, characterSet: mark > 0 ? .utf8 : options.characterSet)
        let start = MessageHeader.start(of: bytes)
        let (repertoire, doubts) = try Self.repertoire(of: bytes, from: mark, header)
        let structure = CharacterMask.structure(of: bytes, repertoire, header.delimiters)
        var scanner = SegmentScanner(header.delimiters, options.limits)
        try scanner.scan(structure, from: start)
        var met = scanner.tolerated.union(doubts)
        if mark > 0 { met.insert(.byteOrderMark) }
        if start > mark { met.insert(.leadingSpace) }
        guard met.isSubset(of: options.tolerances) else { throw HL7v2Error(.toleranceRequired) }
        self.bytes = bytes
        self.header = header
        self.structure = structure
        self.repertoire = repertoire
        segments = scanner.segments
        separators = scanner.separators
        tolerated = met
    }

    /// What the text is decoded with, and what is doubtful about that.
    private static func repertoire(
        of bytes: [UInt8], from start: Int, _ header: MessageHeader
    ) throws(HL7v2Error) -> (CharacterRepertoire, Tolerances) {
        let declared = try header.declaredRepertoire.get()
        guard declared.primary == .ascii || declared.primary == .utf8 else {
            return (declared, declared.defines(bytes) ? [] : .undecodableBytes)
        }
        let text = try? UTF8Span(validating: bytes.span.extracting(start...))
        if declared.primary == .utf8 { return (declared, text == nil ? .undecodableBytes : []) }
        guard var text else { return (CharacterRepertoire(.windows1252), .undeclaredCharacterSet) }
        return text.checkForASCII()
            ? (declared, []) : (CharacterRepertoire(.utf8), .undeclaredCharacterSet)
    }
}

extension Message: CustomStringConvertible, CustomReflectable {
    /// Nothing of the content: a message is identified data.
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
