internal import FHIR

/// The stretch of time that a date, dateTime or instant of some precision covers (R4 §3.1.1.4.8), in UTC.
struct TimeRange: Hashable, Sendable {
    enum Precision: Int, Comparable, Sendable {
        case year, month, day, minute, second

        static func < (lhs: Precision, rhs: Precision) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    /// Microseconds since 1970, the first inside.
    let start: Int64
    /// The first behind it.
    let end: Int64
    let precision: Precision

    init(start: Int64, end: Int64, precision: Precision = .second) {
        self.start = start
        self.end = end
        self.precision = precision
    }

    /// Reads `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, or a date with time to the minute (searches only) or second; a zone must
    /// stand behind a time to the second.
    init?(_ text: String) {
        var digits = Digits(text)
        guard let year = digits.number(4), year > 0 else { return nil }
        guard !digits.isAtEnd else {
            self.init(days: daysSinceEpoch(year, 1, 1), until: daysSinceEpoch(year + 1, 1, 1), .year)
            return
        }
        guard digits.skip("-"), let month = digits.number(2), (1...12).contains(month) else { return nil }
        let next = month == 12 ? daysSinceEpoch(year + 1, 1, 1) : daysSinceEpoch(year, month + 1, 1)
        guard !digits.isAtEnd else {
            self.init(days: daysSinceEpoch(year, month, 1), until: next, .month)
            return
        }
        let first = daysSinceEpoch(year, month, 1)
        guard digits.skip("-"), let day = digits.number(2), day >= 1, first + day - 1 < next else { return nil }
        let date = first + day - 1
        guard !digits.isAtEnd else {
            self.init(days: date, until: date + 1, .day)
            return
        }
        self.init(date: date, time: &digits)
    }

    private init(days: Int64, until: Int64, _ precision: Precision) {
        self.init(start: days * 86_400_000_000, end: until * 86_400_000_000, precision: precision)
    }

    private init?(date: Int64, time digits: inout Digits) {
        guard digits.skip("T"), let hour = digits.number(2), hour < 24, digits.skip(":"),
            let minute = digits.number(2), minute < 60
        else { return nil }
        var second: Int64 = 0
        var step: Int64 = 60_000_000
        var fraction: Int64 = 0
        let hasSeconds = digits.skip(":")
        if hasSeconds {
            guard let value = digits.number(2), value <= 60 else { return nil }
            second = value
            step = 1_000_000
            if digits.skip(".") {
                guard let read = digits.fraction() else { return nil }
                fraction = read.value
                step = read.step
            }
        }
        var offset: Int64 = 0
        if !digits.skip("Z") {
            let sign: Int64 = digits.skip("+") ? 1 : digits.skip("-") ? -1 : 0
            if sign != 0 {
                guard let hours = digits.number(2), hours <= 14, digits.skip(":"), let minutes = digits.number(2),
                    minutes < 60
                else { return nil }
                offset = sign * (hours * 60 + minutes)
            } else if hasSeconds {
                return nil
            }
        }
        guard digits.isAtEnd else { return nil }
        let seconds = date * 86_400 + (hour * 60 + minute - offset) * 60 + second
        let start = seconds * 1_000_000 + fraction
        self.init(start: start, end: start + step, precision: hasSeconds ? .second : .minute)
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
func daysSinceEpoch(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

/// Reads fixed numbers of ASCII digits.
private struct Digits {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { bytes = Array(text.utf8.prefix(64)) }

    var isAtEnd: Bool { index == bytes.count }

    mutating func number(_ count: Int) -> Int64? {
        guard index + count <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[index..<index + count] {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        index += count
        return value
    }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard index < bytes.count, UInt32(bytes[index]) == mark.value else { return false }
        index += 1
        return true
    }

    /// Microseconds, and how much the last digit that counts is worth.
    mutating func fraction() -> (value: Int64, step: Int64)? {
        let all = bytes[index...].prefix { (0x30...0x39).contains($0) }
        guard !all.isEmpty else { return nil }
        index += all.count
        var value: Int64 = 0
        var step: Int64 = 1_000_000
        for byte in all.prefix(6) {
            step /= 10
            value += Int64(byte - 0x30) * step
        }
        return (value, step)
    }
}
