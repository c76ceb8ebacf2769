/// The Retry-After field (RFC 9110 §10.2.3): seconds, or a date in the preferred form (IMF-fixdate).
enum RetryAfter {
    /// Longer waits are not believed.
    static let longest = Duration.seconds(86_400)

    /// The wait that the field asks for; nil when it is neither form or lies in the past.
    ///
    /// `now` is in seconds since 1970; the answer's own Date field is the better clock where there is one.
    static func duration(_ field: String?, date: String?, now: Int64) -> Duration? {
        guard let field else { return nil }
        if let seconds = Int64(field), field.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return min(.seconds(seconds), longest)
        }
        guard let until = seconds(ofDate: field) else { return nil }
        let wait = until - (date.flatMap(seconds(ofDate:)) ?? now)
        return wait > 0 ? min(.seconds(wait), longest) : nil
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Sun, 06 Nov 1994 08:49:37 GMT` in seconds since 1970.
    static func seconds(ofDate text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int64(parts[1]),
            let month = months.firstIndex(of: String(parts[2])), let year = Int64(parts[3])
        else { return nil }
        let time = parts[4].split(separator: ":").compactMap { Int64($0) }
        guard time.count == 3, (1...31).contains(day), (1970...9999).contains(year), (0...23).contains(time[0]),
            (0...59).contains(time[1]), (0...60).contains(time[2])
        else { return nil }
        return ((daysSince1970(year, Int64(month) + 1, day) * 24 + time[0]) * 60 + time[1]) * 60 + time[2]
    }

    /// Days of the proleptic Gregorian calendar, with years counted from March so that the leap day comes last.
    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}
