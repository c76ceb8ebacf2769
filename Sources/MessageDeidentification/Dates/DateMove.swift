internal import Deidentification

/// What becomes of a date or time (PS3.15 §E.3.6 for DICOM; here for HL7 v2 and FHIR, so that a patient's days stay as
/// far apart as they were).
enum DateMove {
    case removed
    /// Every day moves by so many; the time of day and the zone stay.
    case shifted(days: Int)
    case kept

    /// The date or time after the move; nil where it goes. `text` begins with `YYYYMMDD` or `YYYY-MM-DD`; what is less
    /// exact cannot be moved and goes.
    func moved(_ text: String) -> String? {
        switch self {
        case .removed: return nil
        case .kept: return text
        case .shifted(let days):
            let dashed = text.utf8.count >= 10 && Array(text.utf8)[4] == UInt8(ascii: "-")
            let length = dashed ? 10 : 8
            let digits = text.utf8.prefix(length).filter { $0 != UInt8(ascii: "-") }
            guard let date = CalendarDate(String(decoding: digits, as: UTF8.self)),
                let moved = date.adding(days: days)?.text
            else { return nil }
            let day = dashed ? "\(moved.prefix(4))-\(moved.dropFirst(4).prefix(2))-\(moved.suffix(2))" : moved
            return day + String(text.dropFirst(length))
        }
    }
}
