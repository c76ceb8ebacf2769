/// A point in time as FHIR writes it: UTC, microseconds (R4 §2.24.0.1 `instant`).
///
/// Pure arithmetic in the proleptic Gregorian calendar; years outside 1 to 9999 are clamped to that range, because the
/// grammar has four digits.
public struct FHIRInstant: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let microsecondsSinceEpoch: Int64

    private static let range: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999

    public init(microsecondsSinceEpoch: Int64) {
        self.microsecondsSinceEpoch = min(max(microsecondsSinceEpoch, Self.range.lowerBound), Self.range.upperBound)
    }

    /// A time in seconds, and microseconds into that second.
    public init(secondsSinceEpoch: Int64, microseconds: Int64 = 0) {
        let (product, overflow) = secondsSinceEpoch.multipliedReportingOverflow(by: 1_000_000)
        let (sum, overflowed) = product.addingReportingOverflow(microseconds)
        let outside = secondsSinceEpoch < 0 ? Int64.min : Int64.max
        self.init(microsecondsSinceEpoch: overflow || overflowed ? outside : sum)
    }

    /// `2026-11-21T10:00:00.000001Z`.
    public var text: String { calendar.date + "T" + calendar.time + "." + decimal(calendar.microsecond, 6) + "Z" }

    /// The same time as a `dateTime` to the second.
    public var dateTime: FHIRDateTime { FHIRDateTime(self) }

    public static func < (lhs: FHIRInstant, rhs: FHIRInstant) -> Bool {
        lhs.microsecondsSinceEpoch < rhs.microsecondsSinceEpoch
    }

    var calendar: CalendarTime { CalendarTime(microsecondsSinceEpoch) }
}

/// A date with time in UTC to the second (R4 §2.24.0.1 `dateTime`), truncated towards the past.
public struct FHIRDateTime: Hashable, Sendable {
    /// `2026-11-21T10:00:00Z`.
    public let text: String

    public init(_ instant: FHIRInstant) {
        text = instant.calendar.date + "T" + instant.calendar.time + "Z"
    }
}

/// Year to microsecond of a time in UTC.
struct CalendarTime {
    let year: Int64
    let month: Int64
    let day: Int64
    let secondOfDay: Int64
    let microsecond: Int64

    init(_ microseconds: Int64) {
        let (seconds, fraction) = floorDivide(microseconds, 1_000_000)
        let (days, second) = floorDivide(seconds, 86_400)
        microsecond = fraction
        secondOfDay = second
        // Days are counted in 400-year eras that begin on 1 March, so that the leap day ends the year.
        let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var date: String { decimal(year, 4) + "-" + decimal(month, 2) + "-" + decimal(day, 2) }

    var time: String {
        decimal(secondOfDay / 3_600, 2) + ":" + decimal(secondOfDay / 60 % 60, 2) + ":" + decimal(secondOfDay % 60, 2)
    }
}

private func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}

private func decimal(_ value: Int64, _ digits: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}
