public import FHIR

/// How an event ended; the numbers of RFC 3881 and of `AuditEvent.outcome`.
public enum Outcome: Int, Sendable, Hashable, CaseIterable {
    case success = 0
    case minorFailure = 4
    case seriousFailure = 8
    case majorFailure = 12
}

/// Whether a record announces an access, tells its result, or stands alone.
public enum Phase: Sendable, Hashable {
    /// The event is over and had no intent.
    case single
    /// An access to patient data that is about to begin.
    case intent
    /// The end of an access; `of` is the leaf index of its intent.
    case outcome(of: UInt64)

    /// The word in the leaf.
    public var name: String {
        switch self {
        case .single: "single"
        case .intent: "intent"
        case .outcome: "outcome"
        }
    }

    /// The intent's leaf index, in an outcome.
    public var intent: UInt64? {
        if case .outcome(let index) = self { index } else { nil }
    }
}

/// One event of the audit log. Of patient data it holds identifiers only, and it is stored sealed; the leaf holds
/// commitments. Details are fixed names with codes, counts, digests and configured names.
public struct AuditRecord: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// What happened.
    public var event: AuditEventType
    /// When, by the caller's clock.
    public var time: FHIRInstant
    /// Announcement, result or both in one.
    public var phase: Phase
    /// How it ended; meaningless in an intent.
    public var outcome: Outcome
    /// The stable code behind a failure, such as `ehr.http.503`.
    public var code: String?
    /// Who did it.
    public var principal: Principal
    /// In which parts.
    public var roles: [Role]
    /// Why.
    public var purpose: PurposeOfUse
    /// How it counts as an access.
    public var accessClass: AccessClass
    /// What belongs together.
    public var correlation: CorrelationID
    /// The other side, if there was one.
    public var peer: Peer?
    /// What it is about.
    public var subjects: [Subject]
    /// Facts without patient data.
    public var details: [String: String]

    /// A record; what is not given has the value of an own action without patient data.
    public init(
        event: AuditEventType, time: FHIRInstant, phase: Phase = .single, outcome: Outcome = .success,
        code: String? = nil, principal: Principal, roles: [Role] = [.application],
        purpose: PurposeOfUse = .treatment, accessClass: AccessClass = .none, correlation: CorrelationID,
        peer: Peer? = nil, subjects: [Subject] = [], details: [String: String] = [:]
    ) {
        self.event = event
        self.time = time
        self.phase = phase
        self.outcome = outcome
        self.code = code
        self.principal = principal
        self.roles = roles
        self.purpose = purpose
        self.accessClass = accessClass
        self.correlation = correlation
        self.peer = peer
        self.subjects = subjects
        self.details = details
    }

    /// Event and phase only.
    public var description: String { "AuditRecord(\(event.rawValue), \(phase.name))" }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
