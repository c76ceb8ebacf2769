internal import Deidentification
internal import HL7v2

/// The day of a time, and the days that it can stand for: a day alone that a program wrote as a time is midnight in some
/// zone, and often given in another (`1930-01-14T23:00:00Z` for the 15th in Berlin).
struct ZonedDay {
    /// `YYYY`, `YYYYMM` or `YYYYMMDD`, as given.
    let digits: String
    /// Minutes after midnight UTC of this day; nil where no zone is given, or seconds are.
    private let minutes: Int?

    /// Of HL7 v2.
    init(_ time: DTM) {
        digits = String(time.description.prefix(8).prefix(while: \.isNumber))
        let isWhole = time.second ?? 0 == 0 && time.fraction?.allSatisfy { $0 == "0" } ?? true
        if isWhole, let hour = time.hour, let offset = time.offset {
            minutes = hour * 60 + (time.minute ?? 0) - offset
        } else {
            minutes = nil
        }
    }

    /// Of FHIR; `text` has the form of a date or time.
    init(fhir text: String) {
        digits = text.prefix(10).filter { $0 != "-" }
        let form = /([0-9]{2}):([0-9]{2}):00(?:\.0+)?(?:Z|([+-])([0-9]{2}):([0-9]{2}))/
        if let match = text.dropFirst(11).wholeMatch(of: form), let hour = Int(match.1), let minute = Int(match.2) {
            let offset = (match.4.flatMap { Int($0) } ?? 0) * 60 + (match.5.flatMap { Int($0) } ?? 0)
            minutes = hour * 60 + minute + (match.3 == "-" ? offset : -offset)
        } else {
            minutes = nil
        }
    }

    /// The day as given, and each whose midnight this is in a zone of whole quarters of an hour (UTC-12 to UTC+14).
    var readings: [String] {
        guard let minutes, let date = CalendarDate(digits) else { return [digits] }
        let others = (-2...2).filter { days in
            let zone = days * 1_440 - minutes
            return (-720...840).contains(zone) && zone.isMultiple(of: 15)
        }
        return [digits] + others.compactMap { date.adding(days: $0)?.text }
    }
}
