public import Audit
public import DICOMAudit
public import Workflow

/// An audit repository that takes DICOM audit messages by syslog over TLS (IHE ITI-20, ATNA feed).
///
/// A message that the grammar does not allow is never sent: its record is refused with `audit.message.grammar`.
public struct SyslogRepository: AuditRepository {
    /// MSGID of IHE's audit messages.
    public static let messageID = "IHE+RFC-3881"

    private let sender: SyslogSender
    private let renderer: AuditMessageRenderer

    /// The repository's configured name.
    public var name: String { sender.name }

    /// A repository behind a syslog receiver.
    public init(sender: SyslogSender, renderer: AuditMessageRenderer) {
        self.sender = sender
        self.renderer = renderer
    }

    /// Sends the records' messages; a message sent again has the same bytes, and names its leaf, so that receivers can
    /// tell.
    ///
    /// - Throws: what ``SyslogSender/send(_:)`` throws; `fault` `<name>.grammarFile` and `<name>.library`.
    public func send(_ entries: [AuditEntry]) async throws(AdapterError) -> [AuditRefusal] {
        var messages: [SyslogMessage] = []
        var refusals: [AuditRefusal] = []
        for entry in entries {
            guard let record = entry.record else { continue }
            do throws(DICOMAuditError) {
                let message = try renderer.auditMessage(for: record, index: entry.index)
                messages.append(
                    SyslogMessage(
                        severity: record.phase == .intent ? .notice : SyslogMessage.Severity(record.outcome),
                        time: record.time, messageID: Self.messageID, content: message.xml))
            } catch {
                switch error.code {
                case .grammar: refusals.append(AuditRefusal(index: entry.index, code: error.code.rawValue))
                case .grammarFile: throw AdapterError(.fault, code: "\(name).grammarFile")
                case .library: throw AdapterError(.fault, code: "\(name).library")
                }
            }
        }
        try await sender.send(messages)
        return refusals
    }
}
