public import FHIR

/// One thing that was done, as a report tells it: an announced access together with its end, or an event that stands
/// alone. Identified data.
public struct ReportedAccess: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// What the log says of the end.
    public enum End: String, Sendable {
        /// The event is over.
        case recorded
        /// The access was announced, and no end is recorded: under way, or cut off by a crash. What was seen is
        /// unknown.
        case missing
        /// The end of an access that was announced before the time asked about.
        case announcedEarlier
    }

    /// The leaves that tell of it, the announcement first.
    public internal(set) var leaves: [UInt64]
    /// The event's name, as in the leaf.
    public let event: String
    /// When it began.
    public let time: FHIRInstant
    /// When its end was recorded, where that is another leaf.
    public internal(set) var ended: FHIRInstant?
    /// What the log says of the end.
    public internal(set) var end: End
    /// How it ended; meaningless where the end is missing.
    public internal(set) var outcome: Outcome
    /// The stable code behind it.
    public internal(set) var code: String?
    /// Who did it.
    public let principal: Principal
    /// In which parts.
    public let roles: [Role]
    /// Why.
    public let purpose: PurposeOfUse
    /// How it counts as an access.
    public let accessClass: AccessClass
    /// What belongs together.
    public let correlation: String
    /// The other side.
    public internal(set) var peer: Peer?
    /// What it is about; empty where the contents were destroyed.
    public internal(set) var subjects: [Subject]
    /// Facts without patient data.
    public internal(set) var details: [String: String]
    /// Whether the contents of a leaf of it were destroyed: the leaf still proves that, when and by whom.
    public internal(set) var isDestroyed: Bool

    /// Whether the contents of a leaf of it do not open: they were changed after they were recorded.
    public internal(set) var isUnreadable = false

    /// The event, where this program knows it.
    public var type: AuditEventType? { AuditEventType(rawValue: event) }
    /// Whether it ended otherwise than well.
    public var isFailure: Bool { end != .missing && outcome != .success }
    /// Whether somebody overrode a control, or said that they would.
    public var isEmergency: Bool {
        purpose == .breakTheGlass || type == .emergencyStart || type == .emergencyStop
    }
    /// Whether patient data were touched.
    public var isAccess: Bool { accessClass != .none }
    /// The order it belongs to.
    public var order: String? { subjects.first { $0.type == .order }?.identifier }

    /// Event and leaves only.
    public var description: String { "ReportedAccess(\(event), \(leaves))" }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension ReportedAccess {
    init(index: UInt64, record: AuditRecord) {
        self.init(
            leaves: [index], event: record.event.rawValue, time: record.time, end: End(record.phase),
            outcome: record.outcome, code: record.code, principal: record.principal, roles: record.roles,
            purpose: record.purpose, accessClass: record.accessClass, correlation: record.correlation.value,
            peer: record.peer, subjects: record.subjects, details: record.details, isDestroyed: false)
    }

    /// What a leaf without its contents still says.
    init(index: UInt64, header: LeafHeader, isUnreadable: Bool) {
        self.init(
            leaves: [index], event: header.event, time: FHIRInstant(leafTime: header.time), end: End(header.phase),
            outcome: header.outcome, code: nil, principal: Principal(leafValue: header.principal),
            roles: header.roles, purpose: header.purpose, accessClass: header.accessClass,
            correlation: header.correlation, peer: nil, subjects: [], details: [:], isDestroyed: !isUnreadable,
            isUnreadable: isUnreadable)
    }

    /// Adds the end to the announcement.
    mutating func complete(with end: ReportedAccess) {
        leaves += end.leaves
        ended = end.time
        self.end = .recorded
        outcome = end.outcome
        code = end.code
        peer = peer ?? end.peer
        subjects += end.subjects.filter { !subjects.contains($0) }
        details.merge(end.details) { $1 }
        isDestroyed = isDestroyed || end.isDestroyed
        isUnreadable = isUnreadable || end.isUnreadable
    }
}

extension ReportedAccess.End {
    fileprivate init(_ phase: Phase) {
        switch phase {
        case .single: self = .recorded
        case .intent: self = .missing
        case .outcome: self = .announcedEarlier
        }
    }
}

extension Principal {
    /// From a leaf's `kind|name`.
    fileprivate init(leafValue: String) {
        let parts = leafValue.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        self.init(kind: Kind(rawValue: parts[0]) ?? .service, name: parts.count == 2 ? parts[1] : leafValue)
    }
}
