import HL7v2

/// An invented patient. The names are made so that nobody bears them and everybody sees that.
struct SyntheticPatient: Hashable, Sendable {
    /// Administrative sex: table 0001, (0010,0040) and FHIR's `gender`.
    enum Sex: String, Sendable, CaseIterable {
        case female = "F"
        case male = "M"
        case other = "O"

        /// `Patient.gender`.
        var gender: String {
            switch self {
            case .female: "female"
            case .male: "male"
            case .other: "other"
            }
        }
    }

    /// The hospital's number of the patient, assigned by `Hospital.patientNamespace`.
    var id: String
    var family: String
    var given: String
    /// A calendar date.
    var birthDate: DTM
    var sex: Sex

    /// Completed years on a date.
    func age(on date: DTM) -> Int {
        let hadBirthday = (date.month ?? 1, date.day ?? 1) >= (birthDate.month ?? 1, birthDate.day ?? 1)
        return date.year - birthDate.year - (hadBirthday ? 0 : 1)
    }
}

extension SyntheticPatient: CustomStringConvertible, CustomReflectable {
    /// Nothing, as for real patients: a demo that prints names would teach it.
    var description: String { "<redacted>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
