public import Audit
public import FHIR

/// One syslog message (RFC 5424 §6) of the facility for security and authorization messages (10).
public struct SyslogMessage: Sendable, CustomStringConvertible, CustomReflectable {
    /// How urgent it is (RFC 5424 §6.2.1).
    public enum Severity: Int, Sendable {
        case critical = 2
        case error = 3
        case warning = 4
        case notice = 5

        /// The scale that audit repositories expect: the worse the outcome, the more urgent.
        public init(_ outcome: Outcome) {
            switch outcome {
            case .success: self = .notice
            case .minorFailure: self = .warning
            case .seriousFailure: self = .error
            case .majorFailure: self = .critical
            }
        }
    }

    /// `authpriv`.
    private static let facility = 10

    private let severity: Severity
    private let time: FHIRInstant
    private let messageID: String
    private let content: [UInt8]

    /// A message.
    /// - Parameters:
    ///   - messageID: MSGID, which tells receivers what `content` is.
    ///   - content: UTF-8, without byte order mark, best without line breaks: receivers rewrite control characters.
    public init(severity: Severity = .notice, time: FHIRInstant, messageID: String, content: [UInt8]) {
        self.severity = severity
        self.time = time
        self.messageID = messageID
        self.content = content
    }

    /// Header, no structured data, message.
    func bytes(_ settings: SyslogSettings) -> [UInt8] {
        let header = [
            "<\(Self.facility * 8 + severity.rawValue)>1", time.text, Self.field(settings.hostName, 255),
            Self.field(settings.applicationName, 48), Self.field(settings.processID, 128), Self.field(messageID, 32),
            "-",
        ]
        let mark: [UInt8] = settings.hasByteOrderMark ? [0xEF, 0xBB, 0xBF] : []
        return Array((header.joined(separator: " ") + " ").utf8) + mark + content
    }

    /// As a frame of RFC 5425 §4.3: the length in octets, a space, the message.
    func frame(_ settings: SyslogSettings) -> [UInt8] {
        let bytes = bytes(settings)
        return Array("\(bytes.count) ".utf8) + bytes
    }

    /// PRINTUSASCII of at most so many characters: what is anything else becomes an underscore, nothing the NILVALUE.
    private static func field(_ text: String, _ limit: Int) -> String {
        let bytes = text.utf8.prefix(limit).map { (0x21...0x7E).contains($0) ? $0 : 0x5F }
        return bytes.isEmpty ? "-" : String(decoding: bytes, as: UTF8.self)
    }

    /// Its length only.
    public var description: String { "SyslogMessage(\(content.count) bytes)" }
    /// Without children: it may name patients.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
