public import FHIR

/// Puts the leaves of a question together to what was done: each end joins its announcement. What the question does not
/// ask for is forgotten as soon as it is over, so that a long log fits.
public struct AccessGathering: Sendable {
    private let kind: AuditReport.Kind
    private let period: ReportPeriod
    private var finished: [ReportedAccess] = []
    private var open: [UInt64: ReportedAccess] = [:]

    /// A gathering of what began in a period. Leaves after it may be added: they only end what began in it.
    public init(_ kind: AuditReport.Kind, period: ReportPeriod = ReportPeriod()) {
        self.kind = kind
        self.period = period
    }

    /// What was done, in the order in which it began.
    public var accesses: [ReportedAccess] {
        (finished + open.values.filter(kind.includes)).sorted { $0.leaves[0] < $1.leaves[0] }
    }

    /// Takes the next leaf.
    /// - Throws: `leafMalformed` where the contents were destroyed and the leaf itself is none.
    public mutating func add(_ entry: AuditEntry) throws(AuditError) {
        let access: ReportedAccess
        let phase: Phase
        if let record = entry.record {
            (access, phase) = (ReportedAccess(index: entry.index, record: record), record.phase)
        } else {
            let header = try LeafHeader(parsing: entry.leaf)
            (access, phase) = (
                ReportedAccess(index: entry.index, header: header, isUnreadable: entry.isUnreadable),
                header.phase
            )
        }
        if let intent = phase.intent, var announced = open.removeValue(forKey: intent) {
            announced.complete(with: access)
            return finish(announced)
        }
        guard period.contains(access.time) else { return }
        if phase == .intent { open[entry.index] = access } else { finish(access) }
    }

    private mutating func finish(_ access: ReportedAccess) {
        if kind.includes(access) { finished.append(access) }
    }
}

/// From when until when; without a bound, from the log's beginning and to its end.
public struct ReportPeriod: Sendable, Equatable {
    /// The first moment.
    public let from: FHIRInstant?
    /// The first moment after it.
    public let until: FHIRInstant?

    /// A period.
    public init(from: FHIRInstant? = nil, until: FHIRInstant? = nil) {
        self.from = from
        self.until = until
    }

    /// Whether a moment lies in it.
    public func contains(_ moment: FHIRInstant) -> Bool {
        from.map { moment >= $0 } ?? true && until.map { moment < $0 } ?? true
    }
}

extension FHIRInstant {
    /// The time of a leaf, `2026-11-21T10:00:00.000001Z`; the leaf's form was checked before.
    init(leafTime text: String) {
        let numbers = text.split { !$0.isASCII || !$0.isNumber }.map { Int64($0) ?? 0 }
        guard numbers.count == 7 else {
            self.init(microsecondsSinceEpoch: 0)
            return
        }
        // Days from 1 March of year 0, so that the leap day ends the year.
        let (year, month) = numbers[1] <= 2 ? (numbers[0] - 1, numbers[1] + 9) : (numbers[0], numbers[1] - 3)
        let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + numbers[2] - 1 - 719_468
        let seconds = days * 86_400 + numbers[3] * 3_600 + numbers[4] * 60 + numbers[5]
        self.init(secondsSinceEpoch: seconds, microseconds: numbers[6])
    }
}
