public import Audit
public import Mapping

/// One order as the store keeps it. Everything but `id`, `state`, `kind`, the times and the fence is sealed at rest.
public struct StoredOrder: Sendable, Equatable {
    /// What the row stands for.
    public enum Kind: String, Sendable, CaseIterable {
        /// An imaging order.
        case order
        /// A study that an ImagingStudy announced and that no order is known for yet.
        case notice
        /// A cancellation that arrived before its order.
        case tombstone
    }

    public let id: OrderID
    public var kind: Kind
    public var state: OrderState
    /// When the worker looks at it next; only meaningful in `accepted` and `waiting`.
    public var nextAttempt: Timestamp
    public let created: Timestamp
    public var updated: Timestamp
    /// The sealed part.
    public var content: OrderContent

    public init(
        id: OrderID, kind: Kind, state: OrderState, nextAttempt: Timestamp, created: Timestamp, updated: Timestamp,
        content: OrderContent
    ) {
        self.id = id
        self.kind = kind
        self.state = state
        self.nextAttempt = nextAttempt
        self.created = created
        self.updated = updated
        self.content = content
    }
}

/// The sealed part of a stored order.
public struct OrderContent: Sendable, Equatable {
    /// The order as mapped from the last message; `nil` for a notice or a tombstone without one.
    public var order: ImagingOrder?
    public var correlation: CorrelationID
    /// The key that names outside are derived from; frozen at the first compose.
    public var frozenKey: String?
    /// Why the order is parked and what it was before; `nil` unless parked.
    public var parking: Parking?
    /// Why no model takes the order; `nil` unless notApplicable.
    public var notApplicableReason: String?
    /// Progress of waiting and retrying.
    public var progress: OrderProgress
    /// The logical id of the ImagingStudy that announced the study, if one did.
    public var imagingStudyID: String?
    /// Digest of the last announcement, which tells a repeated one.
    public var announcement: String?
    /// Identifiers that were merged into those of the order's patient: images may still carry them, the EHR is not
    /// asked for them.
    public var formerPatient: [AssignedIdentifier]
    /// 0; one more each time a report was retracted, so that the one made anew has other names outside.
    public var generation: Int
    /// What is outside of this order's report, whatever the order's state is now.
    public var standing: ReportStanding
    /// The state that the order is released to; `nil` unless held.
    public var heldFrom: OrderState?
    /// ORC-9 of the last cancellation, hold or release.
    public var controlTime: Timestamp?
    /// What became of the report at each destination it was composed for.
    public var deliveries: [Delivery]
    /// The study that the report of this generation is about; `nil` before the first compose.
    public var reportedStudy: String?
    /// Id of the model that the report of this generation is by; `nil` before the first compose.
    public var reportedModel: String?
    /// What is exported as soon as the order is delivered.
    public var exports: [ExportDraft]

    public init(
        order: ImagingOrder?, correlation: CorrelationID, frozenKey: String? = nil, parking: Parking? = nil,
        notApplicableReason: String? = nil, progress: OrderProgress = OrderProgress(), imagingStudyID: String? = nil,
        announcement: String? = nil, formerPatient: [AssignedIdentifier] = [], generation: Int = 0,
        standing: ReportStanding = .none, heldFrom: OrderState? = nil, controlTime: Timestamp? = nil,
        deliveries: [Delivery] = [], reportedStudy: String? = nil, reportedModel: String? = nil,
        exports: [ExportDraft] = []
    ) {
        self.order = order
        self.correlation = correlation
        self.frozenKey = frozenKey
        self.parking = parking
        self.notApplicableReason = notApplicableReason
        self.progress = progress
        self.imagingStudyID = imagingStudyID
        self.announcement = announcement
        self.formerPatient = formerPatient
        self.generation = generation
        self.standing = standing
        self.heldFrom = heldFrom
        self.controlTime = controlTime
        self.deliveries = deliveries
        self.reportedStudy = reportedStudy
        self.reportedModel = reportedModel
        self.exports = exports
    }
}

/// Why an order waits for a person.
public struct Parking: Sendable, Equatable {
    public let reason: ParkReason
    /// The error code behind it, if an error was; never patient data.
    public let code: String?
    /// The state before.
    public let from: OrderState

    public init(reason: ParkReason, code: String? = nil, from: OrderState) {
        self.reason = reason
        self.code = code
        self.from = from
    }
}

/// What the worker remembers between two runs of one order.
public struct OrderProgress: Sendable, Equatable {
    /// Failed runs since the last success of any step.
    public var failures: Int
    /// Conflicts among them; they have a limit of their own.
    public var conflicts: Int
    /// When the present row of failures began.
    public var failingSince: Timestamp?
    /// Polls without images.
    public var polls: Int
    /// The instance count of the last poll that found images, and when it was first seen.
    public var instanceCount: Int?
    public var instanceCountSince: Timestamp?

    public init(
        failures: Int = 0, conflicts: Int = 0, failingSince: Timestamp? = nil, polls: Int = 0,
        instanceCount: Int? = nil, instanceCountSince: Timestamp? = nil
    ) {
        self.failures = failures
        self.conflicts = conflicts
        self.failingSince = failingSince
        self.polls = polls
        self.instanceCount = instanceCount
        self.instanceCountSince = instanceCountSince
    }

    /// There is no study any more whose instances could be counted.
    mutating func forgetStudy() {
        instanceCount = nil
        instanceCountSince = nil
    }

    /// Counts one more failure; its number is what the retry policy asks for.
    mutating func count(_ category: ErrorCategory) -> Int {
        failures += 1
        guard category == .conflict else { return failures }
        conflicts += 1
        return conflicts
    }
}
