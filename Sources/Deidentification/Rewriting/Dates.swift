internal import DICOM

/// What becomes of the dates and times of one patient (PS3.15 §E.3.6): DA, and the date part of DT, move by the same
/// number of days; TM stays. Precision and time zone stay as they are. What is no date or time is nil, and so is a year or a
/// month alone where dates move: moved by days it would most often stay what it was.
struct Dates: Sendable {
    /// Days; 0 where dates are kept.
    let shift: Int

    /// The values to keep; empty ones stay empty.
    func values(_ values: [String], _ vr: VR) -> [String]? {
        var result: [String] = []
        for value in values {
            guard let kept = value.isEmpty ? "" : self.value(value, vr) else { return nil }
            result.append(kept)
        }
        return result
    }

    private func value(_ value: String, _ vr: VR) -> String? {
        switch vr {
        case .DA: CalendarDate(value)?.adding(days: shift)?.text
        case .DT: dateTime(value)
        case .TM: Self.isTime(Array(value.utf8)) ? value : nil
        default: nil
        }
    }

    /// YYYYMMDDHHMMSS.FFFFFF&ZZXX (PS3.5 §6.2), from the right shortened at will.
    private func dateTime(_ value: String) -> String? {
        let bytes = Array(value.utf8)
        let sign = bytes.lastIndex { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") } ?? bytes.endIndex
        let (moment, zone) = (bytes[..<sign], bytes[sign...])
        guard zone.isEmpty || (zone.count == 5 && CalendarDate.number(zone.dropFirst()) != nil) else { return nil }
        let suffix = String(decoding: zone, as: UTF8.self)
        switch moment.count {
        case 4, 6:
            guard shift == 0, let number = CalendarDate.number(moment) else { return nil }
            let (year, month) = moment.count == 4 ? (number, 1) : (number / 100, number % 100)
            return CalendarDate(year: year, month: month, day: 1) == nil ? nil : value
        default:
            let time = moment.dropFirst(8)
            guard let date = CalendarDate(digits: moment.prefix(8))?.adding(days: shift),
                time.isEmpty || Self.isTime(Array(time))
            else { return nil }
            return date.text + String(decoding: time, as: UTF8.self) + suffix
        }
    }

    /// HH, HHMM, HHMMSS or HHMMSS.F to .FFFFFF.
    private static func isTime(_ bytes: [UInt8]) -> Bool {
        let whole = bytes.prefix { $0 != UInt8(ascii: ".") }
        guard [2, 4, 6].contains(whole.count), let number = CalendarDate.number(whole) else { return false }
        let parts = [number % 100, number / 100 % 100, number / 10_000].prefix(whole.count / 2).reversed()
        guard parts.first ?? 24 < 24, parts.dropFirst().allSatisfy({ $0 <= 60 }) else { return false }
        guard whole.count < bytes.count else { return true }
        let fraction = bytes[(whole.count + 1)...]
        return whole.count == 6 && (1...6).contains(fraction.count) && CalendarDate.number(fraction) != nil
    }
}
