public import Audit
import FHIR

/// An audit message as XML that the grammar allows: there is no other way to one.
public struct CheckedAuditMessage: Sendable, CustomStringConvertible, CustomReflectable {
    /// UTF-8 on one line, without byte order mark.
    public let xml: [UInt8]

    fileprivate init(xml: [UInt8], grammar: AuditMessageGrammar) throws(DICOMAuditError) {
        try grammar.validate(xml)
        self.xml = xml
    }

    /// Its length only.
    public var description: String { "CheckedAuditMessage(\(xml.count) bytes)" }
    /// Without children: it names patients.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The form of a record as a DICOM audit message (PS3.15 A.5).
public struct AuditMessageRenderer: Sendable {
    let source: AuditSource
    /// The identifier system of an assigner's name, as in AuditEvent.
    let system: @Sendable (String) -> String?
    private let grammar: Result<AuditMessageGrammar, DICOMAuditError>

    /// A renderer with the grammar that is shipped; `system` comes from the configured assigners.
    public init(source: AuditSource, system: @escaping @Sendable (String) -> String?) {
        self.source = source
        grammar = AuditMessageGrammar.shipped
        self.system = system
    }

    /// The message of a record; `index` is its place in the log.
    /// - Throws: `grammar` where the grammar does not allow it; `grammarFile`, `library`.
    public func auditMessage(for record: AuditRecord, index: UInt64?) throws(DICOMAuditError) -> CheckedAuditMessage {
        try CheckedAuditMessage(xml: message(for: record, index: index).xml(), grammar: grammar.get())
    }

    func message(for record: AuditRecord, index: UInt64?) -> AuditMessage {
        let description = MessageDescription(record)
        return AuditMessage(
            event: AuditMessage.EventIdentification(
                id: description.id, types: description.types, action: description.action,
                dateTime: record.time.text,
                // "Nominal success" is also what PS3.15 A.5.1 wants where the outcome is not known yet.
                outcome: record.phase == .intent ? 0 : record.outcome.rawValue, outcomeDescription: record.code),
            participants: participants(of: record, description),
            source: AuditMessage.AuditSourceIdentification(id: source.name, enterpriseSite: source.site),
            objects: objects(of: record, description) + [job(record, index)])
    }

    /// The gateway first, then the person or peer that acted, then the other side.
    private func participants(
        of record: AuditRecord, _ description: MessageDescription
    ) -> [AuditMessage.ActiveParticipant] {
        let isActor = record.principal.kind == .service
        var participants = [
            AuditMessage.ActiveParticipant(
                userID: source.name, isRequestor: isActor, roles: [description.gatewayRole], address: source.address)
        ]
        if !isActor, record.principal.name != record.peer?.name {
            participants.append(
                AuditMessage.ActiveParticipant(
                    userID: record.principal.name, isRequestor: true, roles: record.roles.map(CodedValue.role),
                    address: nil))
        }
        if let peer = record.peer {
            let isRequestor = record.principal.kind == .peer && record.principal.name == peer.name
            participants.append(
                AuditMessage.ActiveParticipant(
                    userID: peer.name, isRequestor: isRequestor,
                    roles: [description.peerRole] + (isRequestor ? record.roles.map(CodedValue.role) : []),
                    address: peer.address ?? source.peers[peer.name]))
        }
        return participants
    }
}

extension MessageDescription {
    /// Who sends is the source, also of a query.
    fileprivate var gatewayRole: CodedValue {
        switch flow {
        case .fromPeer: .destination
        case .toPeer: .source
        case .own: .application
        }
    }

    fileprivate var peerRole: CodedValue {
        switch flow {
        case .fromPeer: .source
        case .toPeer: .destination
        case .own: .application
        }
    }
}

extension CodedValue {
    fileprivate static let application = dicom("110150", "Application")
    fileprivate static let destination = dicom("110152", "Destination Role ID")
    fileprivate static let source = dicom("110153", "Source Role ID")

    fileprivate static func role(_ role: Role) -> CodedValue {
        CodedValue(code: role.value, system: "urn:imaging-gateway:role", meaning: role.value)
    }
}
