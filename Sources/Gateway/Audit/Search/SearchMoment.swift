import Workflow

/// The value of a date parameter (R4 §3.1.1.4.5): a span of time as long as its precision.
struct SearchMoment: Sendable, Equatable {
    let start: Timestamp
    /// The first moment that no longer belongs to it.
    let end: Timestamp

    /// Reads `2026`, `2026-11`, `2026-11-21`, or a time with its zone; a time without one means UTC.
    init?(_ text: String) {
        guard let match = text.wholeMatch(of: Self.pattern), let year = Int64(match.1) else { return nil }
        let month = match.2.flatMap { Int64($0) }
        let day = match.3.flatMap { Int64($0) }
        guard (1...12).contains(month ?? 1) else { return nil }
        let monthStart = Self.days(year, month ?? 1, 1)
        let nextMonth = (month ?? 1) == 12 ? Self.days(year + 1, 1, 1) : Self.days(year, (month ?? 1) + 1, 1)
        guard (1...(nextMonth - monthStart)).contains(day ?? 1) else { return nil }
        let first = monthStart + (day ?? 1) - 1
        guard let hour = match.4.flatMap({ Int64($0) }), let minute = match.5.flatMap({ Int64($0) }) else {
            let next = day != nil ? first + 1 : month != nil ? nextMonth : Self.days(year + 1, 1, 1)
            (start, end) = (Self.timestamp(first * 86_400), Self.timestamp(next * 86_400))
            return
        }
        let second = match.6.flatMap { Int64($0) }
        guard hour < 24, minute < 60, (second ?? 0) <= 60, let zone = Self.zone(match.8) else { return nil }
        let seconds = first * 86_400 + hour * 3600 + minute * 60 + (second ?? 0) - zone
        guard let fraction = match.7 else {
            (start, end) = (Self.timestamp(seconds), Self.timestamp(seconds + (second == nil ? 60 : 1)))
            return
        }
        let digits = fraction.prefix(6)
        guard let value = Int64(digits) else { return nil }
        var length: Int64 = 1_000_000
        for _ in digits { length /= 10 }
        start = Timestamp(microseconds: seconds * 1_000_000 + value * length)
        end = Timestamp(microseconds: start.microseconds + length)
    }

    private static var pattern:
        Regex<
            (Substring, Substring, Substring?, Substring?, Substring?, Substring?, Substring?, Substring?, Substring?)
        >
    {
        /([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?/
    }

    /// Seconds east of UTC.
    private static func zone(_ text: Substring?) -> Int64? {
        guard let text, text != "Z" else { return 0 }
        guard let hours = Int64(text.dropFirst().prefix(2)), let minutes = Int64(text.suffix(2)), hours <= 14,
            minutes < 60
        else { return nil }
        return (hours * 3600 + minutes * 60) * (text.hasPrefix("-") ? -1 : 1)
    }

    /// Days since 1970-01-01 in the Gregorian calendar.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        // Years from March on, so that the leap day is a year's last.
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func timestamp(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: seconds * 1_000_000) }
}

/// What the date parameters of a search leave over: from a moment on, and before one.
struct SearchPeriod: Sendable, Equatable {
    private(set) var from: Timestamp?
    private(set) var until: Timestamp?

    /// Narrows by one parameter, such as `ge2026-11-01`; `false` for a prefix or a value that is not known.
    mutating func narrow(_ value: String) -> Bool {
        let isPrefixed = value.first?.isLetter == true
        let prefix = isPrefixed ? value.prefix(2) : "eq"
        guard let moment = SearchMoment(String(isPrefixed ? value.dropFirst(2) : value[...])) else { return false }
        switch prefix {
        case "eq": (from, until) = (later(moment.start), earlier(moment.end))
        case "ge": from = later(moment.start)
        case "gt", "sa": from = later(moment.end)
        case "le": until = earlier(moment.end)
        case "lt", "eb": until = earlier(moment.start)
        default: return false
        }
        return true
    }

    private func later(_ moment: Timestamp) -> Timestamp { from.map { max($0, moment) } ?? moment }
    private func earlier(_ moment: Timestamp) -> Timestamp { until.map { min($0, moment) } ?? moment }
}
