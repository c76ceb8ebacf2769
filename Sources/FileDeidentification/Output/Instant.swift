internal import Glibc

/// The time of the system as an instant of FHIR, in UTC: `2026-11-22T03:00:00Z`.
enum Instant {
    static func now() -> String {
        var seconds = Glibc.time(nil)
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        let day = unsafe [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
        let clock = unsafe [Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec)]
        let date = day.map(padded).joined(separator: "-")
        let time = clock.map(padded).joined(separator: ":")
        return "\(date)T\(time)Z"
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
