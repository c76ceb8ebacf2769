extension DTM {
    /// The civil time of an instant, to the second.
    ///
    /// - Parameters:
    ///   - secondsSinceEpoch: Since 1970-01-01T00:00:00Z; clamped to the years 1 to 9999.
    ///   - offset: Minutes east of UTC.
    public init(secondsSinceEpoch: Int64, offset: Int = 0) {
        let bounded = min(max(secondsSinceEpoch, -62_135_510_400), 253_402_214_400)
        let local = bounded + Int64(min(max(offset, -840), 840)) * 60
        let days = Int(local >= 0 ? local / 86_400 : (local - 86_399) / 86_400)
        let seconds = Int(local) - days * 86_400
        let (year, month, day) = Self.civil(days)
        self.init(
            numbers: [year, month, day, seconds / 3600, seconds / 60 % 60, seconds % 60], fraction: nil,
            offset: min(max(offset, -840), 840))
    }

    /// The instant in UTC to the second, from microseconds since 1970-01-01T00:00:00Z.
    public init(epochMicroseconds: Int64) {
        self.init(secondsSinceEpoch: epochMicroseconds / 1_000_000 - (epochMicroseconds % 1_000_000 < 0 ? 1 : 0))
    }

    /// The same civil time with a zone; unchanged where it has one or names no hour.
    public func assuming(offset assumed: Int) -> DTM {
        guard offset == nil, hour != nil else { return self }
        return DTM(numbers: numbers, fraction: fraction, offset: assumed)
    }

    /// The calendar date alone: time and zone left out.
    public var date: DTM { DTM(numbers: Array(numbers.prefix(3)), fraction: nil, offset: nil) }

    /// Seconds since 1970-01-01T00:00:00 in its own zone, for the start of what it names (a year starts in January).
    public var localSecondsSinceEpoch: Int64 {
        let days = Self.days(year, month ?? 1, day ?? 1)
        return Int64(days * 86_400 + (hour ?? 0) * 3600 + (minute ?? 0) * 60 + (second ?? 0))
    }

    /// Seconds since 1970-01-01T00:00:00Z; nil without a zone.
    public var secondsSinceEpoch: Int64? { offset.map { localSecondsSinceEpoch - Int64($0) * 60 } }

    private var numbers: [Int] { [year] + [month, day, hour, minute, second].compactMap(\.self) }

    /// Days from 1970-01-01 in the Gregorian calendar; years counted from March, in cycles of 400.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let cycle = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfCycle = shifted - cycle * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return cycle * 146_097 + yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear - 719_468
    }

    private static func civil(_ days: Int) -> (Int, Int, Int) {
        let shifted = days + 719_468
        let cycle = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfCycle = shifted - cycle * 146_097
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        return (yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
