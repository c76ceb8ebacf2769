internal import FHIR
internal import JSON

/// A date as it is searched for, with its prefix (R4 §3.1.1.4.8).
struct SearchDate: Sendable {
    enum Comparison: String, CaseIterable, Sendable { case eq, ne, gt, lt, ge, le, sa, eb, ap }

    let comparison: Comparison
    let range: TimeRange

    init?(_ text: String) {
        let comparison = Comparison.allCases.first { text.hasPrefix($0.rawValue) }
        // A blank before the zone was a plus before the form was decoded.
        let date = String(text.dropFirst(comparison == nil ? 0 : 2)).replacing(" ", with: "+")
        guard let range = TimeRange(date) else { return nil }
        self.comparison = comparison ?? .eq
        self.range = range
    }

    func matches(_ value: TimeRange) -> Bool {
        switch comparison {
        case .eq: range.start <= value.start && value.end <= range.end
        case .ne: !(range.start <= value.start && value.end <= range.end)
        case .gt: value.end > range.end
        case .lt: value.start < range.start
        case .ge: value.end > range.end || range.start <= value.start && value.end <= range.end
        case .le: value.start < range.start || range.start <= value.start && value.end <= range.end
        case .sa: value.start >= range.end
        case .eb: value.end <= range.start
        case .ap: value.start < range.end && range.start < value.end
        }
    }

    /// The time of a date, dateTime, instant or Period element; an open end of a Period never comes.
    static func range(of value: JSONValue) -> TimeRange? {
        if let text = value.string { return TimeRange(text) }
        guard value.object != nil, value["start"] != nil || value["end"] != nil else { return nil }
        let start = value["start"]?.string.flatMap { TimeRange($0) }?.start ?? Int64.min
        let end = value["end"]?.string.flatMap { TimeRange($0) }?.end ?? Int64.max
        return TimeRange(start: start, end: end)
    }
}
