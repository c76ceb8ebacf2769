/// What a modality would know of the examination: from the worklist, and its own numbers. Dates are `YYYYMMDD`, times
/// `HHMMSS`.
struct RadiographHeader: Sendable, Equatable {
    /// How the object is declared.
    enum Modality: String, Sendable { case digitalRadiography = "DX", computedRadiography = "CR" }
    /// View Position (0018,5101).
    enum ViewPosition: String, Sendable { case anteroPosterior = "AP", posteroAnterior = "PA", leftLateral = "LL" }

    var patientID: String
    /// Issuer of Patient ID (0010,0021).
    var patientIssuer: String
    var familyName: String
    var givenName: String
    var birthDate: String
    /// M, F or O.
    var sex: String
    var accessionNumber: String
    /// Local namespace of the accession number.
    var accessionIssuer: String
    var requestedProcedureID: String
    var procedureDescription: String
    var studyInstanceUID: String
    var seriesInstanceUID: String
    var sopInstanceUID: String
    var studyDate: String
    var studyTime: String
    var modality: Modality = .digitalRadiography
    var view: ViewPosition = .anteroPosterior
    var instanceNumber = 1

    /// Patient's Age (0010,1010) on the day of the study: months below two years, else completed years; nil if a date
    /// is none or the study comes before the birth.
    var patientAge: String? {
        guard let born = Self.date(birthDate), let studied = Self.date(studyDate), studied >= born else { return nil }
        let months = (studied.year - born.year) * 12 + studied.month - born.month - (studied.day < born.day ? 1 : 0)
        let (number, unit) = months < 24 ? (months, "M") : (months / 12, "Y")
        let digits = String(number)
        return String(repeating: "0", count: max(0, 3 - digits.count)) + digits + unit
    }

    private static func date(_ text: String) -> (year: Int, month: Int, day: Int)? {
        guard text.utf8.count == 8, let number = Int(text), number > 0 else { return nil }
        return (number / 10000, number / 100 % 100, number % 100)
    }
}
