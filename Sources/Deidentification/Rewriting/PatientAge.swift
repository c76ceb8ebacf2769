internal import DICOM

/// The age at the time of the study (0010,1010), made before the dates it comes from are emptied.
enum PatientAge {
    typealias Source = DeidentificationReceipt.AgeSource

    /// The age from Patient's Birth Date and Study Date, else the one stated, else none. Whole years, from 90 on all
    /// the same (`090Y`): great ages identify.
    static func age(_ dataSet: DataSet) -> (value: String?, source: Source) {
        let birth = dataSet.string(.patientBirthDate).flatMap { CalendarDate($0) }
        let study = dataSet.string(.studyDate).flatMap { CalendarDate($0) }
        if let birth, let study {
            guard let derived = age(from: birth, to: study) else { return (nil, .none) }
            return (derived, .derived)
        }
        guard let stated = dataSet.string(.patientAge), let value = normalized(stated) else { return (nil, .none) }
        return (value, .stated)
    }

    /// Years from two years on, else months: AS has three digits (PS3.5 §6.2). Nil if the study came before the birth
    /// or more than 130 years after it.
    private static func age(from birth: CalendarDate, to study: CalendarDate) -> String? {
        let months =
            (study.year - birth.year) * 12 + study.month - birth.month - (study.day < birth.day ? 1 : 0)
        guard (0..<(130 * 12)).contains(months) else { return nil }
        return months < 24 ? text(months, "M") : text(min(months / 12, 90), "Y")
    }

    private static func normalized(_ stated: String) -> String? {
        guard (2...4).contains(stated.utf8.count), let number = Int(stated.dropLast()), number >= 0,
            let unit = stated.last
        else {
            return nil
        }
        switch unit {
        case "D", "W", "M": return text(number, unit)
        case "Y": return number < 130 ? text(min(number, 90), "Y") : nil
        default: return nil
        }
    }

    private static func text(_ number: Int, _ unit: Character) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(3 - digits.count, 0)) + digits + String(unit)
    }
}
