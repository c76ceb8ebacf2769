internal import DICOM

/// The patient's day of birth, which stays nowhere, also where a profile keeps dates.
struct BirthDate {
    /// YYYYMMDD.
    let day: String

    /// Patient's Birth Date (0010,0030). Nil without one, and in a study of that very day: all dates of a newborn's study
    /// are the day of birth, and none says so.
    init?(_ header: DataSet) {
        guard let value = header.string(.patientBirthDate), let birth = CalendarDate(value), value != Dummy.date,
            header.string(.studyDate).flatMap({ CalendarDate($0) }) != birth
        else { return nil }
        day = birth.text
    }

    /// Whether a date, or a date and time, is that day.
    func stands(in element: DataElement) -> Bool {
        guard element.vr == .DA || element.vr == .DT, case .text(let values) = element.value else { return false }
        return values.contains { $0.hasPrefix(day) }
    }
}
