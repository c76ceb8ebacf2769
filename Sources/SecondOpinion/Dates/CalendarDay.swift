/// A day of the Gregorian calendar between 1890 and 2099.
struct CalendarDay: Hashable, Sendable {
    /// YYYYMMDD.
    let number: Int

    init?(_ year: Int, _ month: Int, _ day: Int) {
        guard (1890...2099).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(month, year) else {
            return nil
        }
        number = year * 10000 + month * 100 + day
    }

    init?(digits: some StringProtocol) {
        let digits = digits.utf8.filter { (0x30...0x39).contains($0) }
        guard digits.count >= 8 else { return nil }
        self.init(number: digits.prefix(8).reduce(0) { $0 * 10 + Int($1) - 0x30 })
    }

    init?(number: Int) { self.init(number / 10000, number / 100 % 100, number % 100) }

    /// What stands in de-identified objects where the standard wants a value (`docs/comply/deidentification.md`).
    static let dummies: Set<Int> = [1900_01_01]

    private static func days(_ month: Int, _ year: Int) -> Int {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }
}
