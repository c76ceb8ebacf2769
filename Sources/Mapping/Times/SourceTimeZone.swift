import Foundation

/// The civil time of a sender, for times that carry no zone.
public struct SourceTimeZone: Sendable, Hashable {
    /// A fixed offset needs no calendar.
    private enum Rule: Sendable, Hashable {
        case fixed(minutes: Int)
        case named(TimeZone)
    }

    private let rule: Rule

    /// UTC.
    public static let utc = SourceTimeZone(offset: 0)

    /// - Parameter identifier: A name of the time zone database such as `Europe/Berlin`, or a fixed offset `+01:00`.
    /// - Throws: `timeZoneUnknown`.
    public init(identifier: String) throws(MappingError) {
        if let minutes = Self.minutes(identifier) {
            rule = .fixed(minutes: minutes)
        } else if identifier.contains("/") || ["UTC", "GMT", "Z"].contains(identifier),
            let named = TimeZone(identifier: identifier == "Z" ? "UTC" : identifier)
        {
            rule = .named(named)
        } else {
            throw MappingError(.timeZoneUnknown)
        }
    }

    /// - Parameter offset: Minutes east of UTC, at most 14 hours; clamped.
    public init(offset: Int) {
        rule = .fixed(minutes: min(max(offset, -840), 840))
    }

    /// Minutes east of UTC at a civil time, given as seconds since 1970-01-01T00:00:00 of the same civil time.
    ///
    /// A time that occurs twice is taken as its first occurrence, one that a clock change skips as if the clock had
    /// not been changed.
    func offset(atLocal seconds: Int64) -> Int {
        let zone: TimeZone
        switch rule {
        case .fixed(let minutes): return minutes
        case .named(let named): zone = named
        }
        func minutes(atUTC seconds: Int64) -> Int {
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))) / 60
        }
        let before = minutes(atUTC: seconds - 86_400)
        let after = minutes(atUTC: seconds + 86_400)
        for candidate in [before, after] where minutes(atUTC: seconds - Int64(candidate) * 60) == candidate {
            return candidate
        }
        return before
    }

    private static func minutes(_ text: String) -> Int? {
        let characters = Array(text.utf8)
        guard characters.count == 6, characters[3] == UInt8(ascii: ":"), let sign = text.first, "+-".contains(sign),
            let hours = Int(text.dropFirst().prefix(2)), let minutes = Int(text.suffix(2)),
            (0...14).contains(hours), (0...59).contains(minutes)
        else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 60 + minutes)
    }
}
