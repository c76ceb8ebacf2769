/// The MSH segment alone, which can be read even where the rest of the message cannot: what an acknowledgement needs.
public struct MessageHeader: Sendable, Hashable {
    /// The delimiters of MSH-1 and MSH-2.
    public let delimiters: Delimiters
    /// The MSH segment as received, without its terminator.
    let bytes: [UInt8]
    /// As `bytes`, characters that only look like delimiters hidden.
    let structure: [UInt8]
    /// What MSH-18 declares, or why that cannot be read.
    let declaredRepertoire: Result<CharacterRepertoire, HL7v2Error>

    /// Reads the first segment of `message`, after blank space or a byte order mark.
    ///
    /// - Parameter characterSet: What an empty MSH-18 means.
    /// - Throws: `headerUnreadable`, `delimitersInvalid`.
    public init(parsing message: [UInt8], characterSet: MessageCharacterSet = .ascii) throws(HL7v2Error) {
        let start = Self.start(of: message)
        guard message[start...].starts(with: "MSH".utf8) else { throw HL7v2Error(.headerUnreadable) }
        let end = message[start...].firstIndex { $0 == 0x0D || $0 == 0x0A } ?? message.endIndex
        try self.init(segment: Array(message[start..<end]), characterSet: characterSet)
    }

    /// - Parameter segment: The bytes of an MSH segment.
    init(segment bytes: [UInt8], characterSet: MessageCharacterSet) throws(HL7v2Error) {
        guard bytes.count > 4 else {
            throw HL7v2Error(.headerUnreadable)
        }
        let characters = bytes[4...].prefix { $0 != bytes[3] }
        delimiters = try Delimiters(field: bytes[3], encodingCharacters: characters)
        self.bytes = bytes
        (structure, declaredRepertoire) = CharacterDeclaration.read(bytes, delimiters, otherwise: characterSet)
    }

    /// The length of a UTF-8 byte order mark at the start.
    static func markLength(_ message: [UInt8]) -> Int {
        message.count >= 3 && message[0] == 0xEF && message[1] == 0xBB && message[2] == 0xBF ? 3 : 0
    }

    /// Where the first byte lies that is neither a byte order mark nor blank.
    static func start(of message: [UInt8]) -> Int {
        let mark = markLength(message)
        return message[mark...].firstIndex { $0 != 0x0D && $0 != 0x0A && $0 != 0x20 && $0 != 0x09 } ?? message.endIndex
    }

    /// The bytes of MSH field `number` as received; empty where there is none.
    public func fieldBytes(_ number: Int) -> ArraySlice<UInt8> {
        guard let range = Cutting.headerField(number, in: structure, separator: delimiters.field) else { return [] }
        return bytes[range]
    }

    /// A component of the first repetition of an MSH field, as text; empty where there is none or where it is null.
    func text(_ field: Int, _ component: Int = 1) -> String {
        guard let range = Cutting.headerField(field, in: structure, separator: delimiters.field),
            let repetition = Cutting.part(1, of: range, in: structure, at: delimiters.repetition),
            let part = Cutting.part(component, of: repetition, in: structure, at: delimiters.component)
        else { return "" }
        let text = LeafReader.text(of: bytes[part], structure: structure[part], delimiters, repertoire)
        return text == "\"\"" ? "" : text.trimmingBlanks
    }

    /// What text in MSH is decoded with; UTF-8 where nothing known is declared.
    var repertoire: CharacterRepertoire {
        let declared = (try? declaredRepertoire.get()) ?? CharacterRepertoire(.utf8)
        return declared.primary == .ascii ? CharacterRepertoire(.utf8) : declared
    }

    /// MSH-3.1.
    public var sendingApplication: String { text(3) }
    /// MSH-4.1.
    public var sendingFacility: String { text(4) }
    /// MSH-5.1.
    public var receivingApplication: String { text(5) }
    /// MSH-6.1.
    public var receivingFacility: String { text(6) }
    /// MSH-9.1 and MSH-9.2; MSH-9.3 is often absent or wrong and is not used.
    public var messageType: MessageType { MessageType(code: text(9, 1), triggerEvent: text(9, 2)) }
    /// MSH-10 byte for byte, as MSA-2 echoes it.
    public var messageControlID: [UInt8] { Array(fieldBytes(10)) }
    /// MSH-11.1: P, T or D.
    public var processingID: String { text(11) }
    /// MSH-12.1, such as `2.5.1`.
    public var version: String { text(12) }
    /// MSH-18, first repetition.
    public var characterSetTerm: String { text(18) }

    /// What speaks against reading the message at all, before its content is looked at; empty if nothing does.
    ///
    /// - Parameter processingID: The processing ID (table 0103) that the listener serves; nil for any. An empty
    ///   MSH-11 is taken as that one.
    public func objections(processingID expected: String?) -> [HL7v2Error] {
        var objections: [HL7v2Error] = []
        func object(_ code: HL7v2Error.Code, _ field: Int) {
            objections.append(HL7v2Error(code, at: ErrorLocation(segment: "MSH", field: field)))
        }
        if messageType.code.isEmpty { object(.requiredFieldMissing, 9) }
        if fieldBytes(10).isEmpty { object(.requiredFieldMissing, 10) }
        if let expected, !processingID.isEmpty, processingID != expected { object(.processingIDUnsupported, 11) }
        if !version.isEmpty, !MessageVersion.isSupported(version) { object(.versionUnsupported, 12) }
        return objections
    }
}

extension MessageHeader: CustomStringConvertible, CustomReflectable {
    /// Nothing of the content.
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
