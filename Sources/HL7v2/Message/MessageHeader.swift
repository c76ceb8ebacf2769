/// The MSH segment alone, which can be read even where the rest of the message cannot: what an acknowledgement needs.
public struct MessageHeader: Sendable, Hashable {
    /// The delimiters of MSH-1 and MSH-2.
    public let delimiters: Delimiters
    /// The MSH segment as received, without its terminator.
    let bytes: [UInt8]

    private var segment: Segment { Segment(name: "MSH", range: bytes.indices) }

    /// Reads the first segment of `message`, after blank space or a byte order mark.
    ///
    /// - Throws: `headerUnreadable`, `delimitersInvalid`.
    public init(parsing message: [UInt8]) throws(HL7v2Error) {
        let start = Self.start(of: message)
        guard message[start...].starts(with: "MSH".utf8) else { throw HL7v2Error(.headerUnreadable) }
        let end = message[start...].firstIndex { $0 == 0x0D || $0 == 0x0A } ?? message.endIndex
        try self.init(segment: Array(message[start..<end]))
    }

    /// - Parameter segment: The bytes of an MSH segment.
    init(segment bytes: [UInt8]) throws(HL7v2Error) {
        guard bytes.count > 4 else {
            throw HL7v2Error(.headerUnreadable)
        }
        let characters = bytes[4...].prefix { $0 != bytes[3] }
        delimiters = try Delimiters(field: bytes[3], encodingCharacters: characters)
        self.bytes = bytes
    }

    /// Where the first byte lies that is neither a byte order mark nor blank.
    static func start(of message: [UInt8]) -> Int {
        let mark = message.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        return message[mark...].firstIndex { $0 != 0x0D && $0 != 0x0A && $0 != 0x20 && $0 != 0x09 } ?? message.endIndex
    }

    /// The bytes of MSH field `number` as received; empty where there is none.
    public func fieldBytes(_ number: Int) -> ArraySlice<UInt8> {
        guard let range = Cutting.field(number, of: segment, in: bytes, delimiters) else { return [] }
        return bytes[range]
    }

    /// A component of the first repetition of an MSH field, as text; empty where there is none or where it is null.
    func text(_ field: Int, _ component: Int = 1) -> String {
        guard let range = Cutting.field(field, of: segment, in: bytes, delimiters),
            let repetition = Cutting.part(1, of: range, in: bytes, at: delimiters.repetition),
            let part = Cutting.part(component, of: repetition, in: bytes, at: delimiters.component)
        else { return "" }
        let text = String(decoding: bytes[part], as: UTF8.self)
        return text == "\"\"" ? "" : text.trimmingBlanks
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

/// Message code and trigger event of MSH-9, such as `ORM^O01`.
public struct MessageType: Sendable, Hashable, CustomStringConvertible {
    /// MSH-9.1, such as `ORM`; empty where there is none.
    public let code: String
    /// MSH-9.2, such as `O01`; empty where there is none.
    public let triggerEvent: String

    /// A message type by its two parts.
    public init(code: String, triggerEvent: String) {
        self.code = code
        self.triggerEvent = triggerEvent
    }

    /// `ORM^O01`, or the code alone.
    public var description: String { triggerEvent.isEmpty ? code : "\(code)^\(triggerEvent)" }
}

/// Versions of the standard (table 0104).
enum MessageVersion {
    private static func parts(_ text: String) -> [Int]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard (2...3).contains(parts.count), parts.allSatisfy({ $0 != nil }), text.utf8.count <= 8 else { return nil }
        return parts.compactMap(\.self)
    }

    /// 2.1 to 2.9 with or without a third number.
    static func isSupported(_ text: String) -> Bool {
        guard let parts = parts(text) else { return false }
        return parts[0] == 2 && (1...9).contains(parts[1])
    }

    /// Whether version 2 `text` is at least 2.`minor`; an unreadable or empty version is taken as an old one.
    static func isAtLeast(_ minor: Int, _ text: String) -> Bool {
        guard let parts = parts(text), parts[0] == 2 else { return false }
        return parts[1] >= minor
    }
}

extension String {
    /// Without the spaces and tabs at both ends: padding, never content.
    var trimmingBlanks: String {
        let isBlank: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = unicodeScalars.firstIndex(where: { !isBlank($0) }),
            let last = unicodeScalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(unicodeScalars[first...last])
    }
}
