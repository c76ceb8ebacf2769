public import Audit
public import Workflow

/// Narrows a look at the log; what is not given narrows nothing.
public struct AuditQuery: Sendable {
    /// Only leaves about any of these subjects; all where there are none.
    public var subjects: [Subject]
    /// Whether leaves that share a correlation with one about a subject belong to the answer: accesses that name only
    /// the order or the study are accesses to the patient's data too.
    public var includesCorrelated: Bool
    /// Whether patients that were merged with one of the subjects belong to the answer, in either direction.
    public var includesMerged: Bool
    /// Whether an entry whose body does not open is given as such (`AuditEntry.isUnreadable`), so that one spoiled row
    /// hides no other; else the reading ends there with an error.
    public var includesUnreadable: Bool
    /// Places in the log.
    public var indexes: Range<UInt64>?
    /// From this moment on, by the time in the leaf.
    public var from: Timestamp?
    /// Before this moment.
    public var until: Timestamp?
    /// Who did it.
    public var principal: Principal?
    /// What happened; everything where empty.
    public var events: Set<AuditEventType>
    /// How it ended; everything where empty. `Set<Outcome>.failures` are those that failed.
    public var outcomes: Set<Outcome>
    /// How the access counts; everything where empty.
    public var classes: Set<AccessClass>
    /// The id of one order or message.
    public var correlation: String?
    /// At most so many entries.
    public var limit: Int

    /// A look at the log.
    public init(
        subjects: [Subject] = [], includesCorrelated: Bool = false, includesMerged: Bool = false,
        includesUnreadable: Bool = false, indexes: Range<UInt64>? = nil, from: Timestamp? = nil,
        until: Timestamp? = nil, principal: Principal? = nil,
        events: Set<AuditEventType> = [], outcomes: Set<Outcome> = [], classes: Set<AccessClass> = [],
        correlation: String? = nil, limit: Int = .max
    ) {
        self.subjects = subjects
        self.includesCorrelated = includesCorrelated
        self.includesMerged = includesMerged
        self.includesUnreadable = includesUnreadable
        self.indexes = indexes
        self.from = from
        self.until = until
        self.principal = principal
        self.events = events
        self.outcomes = outcomes
        self.classes = classes
        self.correlation = correlation
        self.limit = limit
    }

    /// Only leaves about this subject; all where nil.
    public init(subject: Subject?, limit: Int = 1_000) {
        self.init(subjects: subject.map { [$0] } ?? [], limit: limit)
    }
}

extension Set<Outcome> {
    /// Everything but success.
    public static let failures = Set(Outcome.allCases).subtracting([.success])
}
