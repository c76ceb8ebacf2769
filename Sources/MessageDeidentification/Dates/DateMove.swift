internal import Deidentification
internal import HL7v2

/// What becomes of a date or time (PS3.15 §E.3.6 for DICOM; here for HL7 v2 and FHIR, so that a patient's days stay as
/// far apart as they were). Only what has the standard's form to its last character is a date; everything else goes, and
/// so does every date that tells when a person of the file was born.
struct DateMove {
    enum Way {
        case removed
        /// Every day moves by so many; the time of day and the zone stay.
        case shifted(days: Int)
        case kept
    }

    let way: Way
    let births: BirthDays

    /// A date or time of HL7 v2 (DT, TS, DTM) after the move; nil where it goes. What is less exact than a day cannot be
    /// moved and goes.
    func moved(hl7 text: String) -> String? {
        guard let time = try? DTM(parsing: text) else { return nil }
        // The text is made anew from the numbers that were read.
        let text = time.description
        return moved(text, ZonedDay(time)) { $0 + text.dropFirst(8) }
    }

    /// A `date`, `dateTime` or `instant` of FHIR after the move; nil where it goes.
    func moved(fhir text: String, type: String) -> String? {
        guard FHIRTime.isValid(text, type) else { return nil }
        return moved(text, ZonedDay(fhir: text)) { moved in
            "\(moved.prefix(4))-\(moved.dropFirst(4).prefix(2))-\(moved.suffix(2))" + text.dropFirst(10)
        }
    }

    /// Years in which somebody was examined; another number is no year.
    private static let years = 1850...2199

    private func moved(_ text: String, _ day: ZonedDay, _ written: (String) -> String) -> String? {
        guard let year = Int(text.prefix(4)), Self.years.contains(year) else { return nil }
        let date = CalendarDate(day.digits)
        guard day.digits.count < 8 || date != nil else { return nil }
        guard !day.readings.contains(where: births.contain) else { return nil }
        switch way {
        case .removed: return nil
        case .kept: return text
        case .shifted(let days): return date?.adding(days: days).map { written($0.text) }
        }
    }
}
