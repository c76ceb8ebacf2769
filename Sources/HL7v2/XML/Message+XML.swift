extension Message {
    /// A message in the XML encoding, v2.xml (HL7 Version 2: XML Encoding Syntax, release 2). `bytes` is the same
    /// message in the vertical bar encoding with the usual delimiters: groups are flattened in their order, repetitions
    /// joined, text escaped, `<escape V=".br"/>` written as `\.br\`. It is UTF-8 and MSH-18 says so.
    ///
    /// - Parameters:
    ///   - bytes: One XML document in UTF-8.
    ///   - options: How this sender's messages are read; the character set is not asked for.
    ///   - xmlTolerances: Which deviations from v2.xml are admitted.
    /// - Throws: `xmlMalformed`, `xmlDeclaration` (DOCTYPE, processing instruction), `xmlNamespaceUnknown`,
    ///   `xmlContentUnexpected` with the place, `xmlTooManyElements`, `characterSetUnsupported` where another encoding
    ///   is declared, `messageTooLong` over 8 MiB or the options' limit, and what `init(parsing:options:)` throws.
    public init(
        parsingXML bytes: [UInt8], options: MessageOptions = MessageOptions(), xmlTolerances: XMLTolerances = []
    ) throws(HL7v2Error) {
        guard bytes.count <= options.limits.bytes else { throw HL7v2Error(.messageTooLong) }
        try XMLDeclaration.check(bytes)
        var reader = XMLMessageReader(limits: options.limits, tolerances: xmlTolerances)
        let cursor = try XMLCursor(bytes, namespace: "urn:hl7-org:v2xml")
        while let event = cursor.next() { try reader.take(event) }
        try self.init(parsing: reader.encoded, options: options)
    }
}

/// Deviations from v2.xml that senders show, each a named choice; none is admitted unless it is named.
public struct XMLTolerances: OptionSet, Sendable, Hashable {
    /// One bit for each tolerance.
    public let rawValue: Int
    /// A set of tolerances by its bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Elements in no namespace.
    public static let missingNamespace = XMLTolerances(rawValue: 1 << 0)
    /// Elements that v2.xml does not name: one that could be a group is read as a group, one in a segment or a field is
    /// left out with all that it contains.
    public static let unknownElements = XMLTolerances(rawValue: 1 << 1)
}

/// The XML declaration: libxml2 is told UTF-8, so a document that claims something else may not pass.
enum XMLDeclaration {
    /// - Throws: `characterSetUnsupported` unless the document is, as far as it says, in UTF-8 or ASCII.
    static func check(_ bytes: [UInt8]) throws(HL7v2Error) {
        let isWide =
            bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(4).contains(0)
        guard !isWide else { throw HL7v2Error(.characterSetUnsupported) }
        let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let start = bytes[mark...].prefix(256)
        guard start.starts(with: Array("<?xml".utf8)) else { return }
        let declaration = String(decoding: start.prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self)
        guard let name = declaration.firstRange(of: "encoding") else { return }
        let quoted = declaration[name.upperBound...].drop { $0 != "\"" && $0 != "'" }
        let encoding = quoted.dropFirst().prefix { $0 != "\"" && $0 != "'" }.uppercased()
        guard ["UTF-8", "UTF8", "US-ASCII", "ASCII"].contains(encoding) else {
            throw HL7v2Error(.characterSetUnsupported)
        }
    }
}
