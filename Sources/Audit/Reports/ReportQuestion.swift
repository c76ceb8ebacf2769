public import FHIR

/// What was asked, by whom and when: it stands at the head of each report. Identified data where it names a patient.
public struct ReportQuestion: Sendable, CustomStringConvertible, CustomReflectable {
    /// Of whom or what the report tells; all where nil.
    public var subject: Subject?
    /// Whose doings it tells; everybody's where nil.
    public var user: String?
    /// From when until when.
    public var period: ReportPeriod
    /// When the report was made.
    public var made: FHIRInstant
    /// Who made it.
    public var maker: Principal
    /// The configured name of the house, where there is one.
    public var site: String?
    /// The leaf that recorded this very reading; nil for a reading of a copy.
    public var reading: UInt64?
    /// How times are told beside UTC.
    public var zone: ReportZone
    /// Where other sides are found by today's configuration, for records without an address.
    public var addresses: [String: String]

    /// A question.
    public init(
        subject: Subject? = nil, user: String? = nil, period: ReportPeriod = ReportPeriod(), made: FHIRInstant,
        maker: Principal, site: String? = nil, reading: UInt64? = nil, zone: ReportZone = .utc,
        addresses: [String: String] = [:]
    ) {
        self.subject = subject
        self.user = user
        self.period = period
        self.made = made
        self.maker = maker
        self.site = site
        self.reading = reading
        self.zone = zone
        self.addresses = addresses
    }

    /// Says nothing of whom was asked about.
    public var description: String { "ReportQuestion" }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The zone in which a report tells times beside UTC.
public struct ReportZone: Sendable {
    /// As the reader knows it, such as `Europe/Berlin`.
    public let name: String
    private let offset: @Sendable (FHIRInstant) -> Int

    /// UTC alone.
    public static let utc = ReportZone(name: "UTC") { _ in 0 }

    /// A zone; `offset` gives the seconds that its clocks are ahead of UTC at a moment.
    public init(name: String, offset: @escaping @Sendable (FHIRInstant) -> Int) {
        self.name = name
        self.offset = offset
    }

    /// Whether it tells nothing that UTC does not.
    public var isUTC: Bool { name == "UTC" }

    /// `2026-11-21 10:00:00`.
    public static func utcText(_ moment: FHIRInstant) -> String {
        String(moment.text.prefix(19)).replacingTime
    }

    /// `2026-11-21 11:00:00 +01:00`.
    public func text(_ moment: FHIRInstant) -> String {
        let seconds = offset(moment)
        let shifted = FHIRInstant(microsecondsSinceEpoch: moment.microsecondsSinceEpoch + Int64(seconds) * 1_000_000)
        let minutes = abs(seconds) / 60
        let sign = seconds < 0 ? "-" : "+"
        return "\(Self.utcText(shifted)) \(sign)\(two(minutes / 60)):\(two(minutes % 60))"
    }

    private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}

extension String {
    /// With a blank where ISO 8601 has a `T`: easier to read.
    fileprivate var replacingTime: String { String(map { $0 == "T" ? " " : $0 }) }
}
