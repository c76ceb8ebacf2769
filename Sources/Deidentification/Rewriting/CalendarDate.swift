/// A day of the Gregorian calendar.
package struct CalendarDate: Hashable {
    let year: Int
    let month: Int
    let day: Int

    /// A DA value (PS3.5 §6.2); nil for what is no day, and for years before 1850.
    package init?(_ text: String) { self.init(digits: Array(text.utf8)) }

    /// Eight digits.
    init?(digits: some RandomAccessCollection<UInt8>) {
        guard digits.count == 8, let number = Self.number(digits) else { return nil }
        self.init(year: number / 10_000, month: number / 100 % 100, day: number % 100)
    }

    init?(year: Int, month: Int, day: Int) {
        guard (1850...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(month, year) else {
            return nil
        }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// YYYYMMDD as a number.
    init?(number: Int) { self.init(year: number / 10_000, month: number / 100 % 100, day: number % 100) }

    /// YYYYMMDD as a number.
    var number: Int { year * 10_000 + month * 100 + day }

    /// Days since 1970-01-01.
    var sinceEpoch: Int { count - 719_468 }

    /// Days since the first of March of the year 0.
    private var count: Int {
        // Days from civil (proleptic Gregorian calendar, eras of 400 years beginning in March).
        let shiftedYear = month <= 2 ? year - 1 : year
        let yearOfEra = shiftedYear % 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return shiftedYear / 400 * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    }

    /// So many days later, or earlier; nil outside the years that a DA can hold.
    package func adding(days: Int) -> CalendarDate? {
        let count = count + days
        guard count >= 0 else { return nil }
        let era = count / 146_097
        let dayOfEra = count % 146_097
        let resultYear = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let rest = dayOfEra - (365 * resultYear + resultYear / 4 - resultYear / 100)
        let part = (5 * rest + 2) / 153
        let resultMonth = part < 10 ? part + 3 : part - 9
        let result = CalendarDate(
            unchecked: (
                resultYear + era * 400 + (resultMonth <= 2 ? 1 : 0), resultMonth, rest - (153 * part + 2) / 5 + 1
            ))
        return (1...9999).contains(result.year) ? result : nil
    }

    /// Eight digits.
    package var text: String { Self.digits(year, 4) + Self.digits(month, 2) + Self.digits(day, 2) }

    static func number(_ digits: some Collection<UInt8>) -> Int? {
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int(digit) - 48
        }
        return number
    }

    static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(count - text.utf8.count, 0)) + text
    }

    private init(unchecked parts: (Int, Int, Int)) { (year, month, day) = parts }

    private static func days(_ month: Int, _ year: Int) -> Int {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }
}
