/// Why order, study and EHR patient are not taken as one; carries no identifier.
public struct MatchingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Stable codes, documented in `docs/operate/errors.md`.
    public enum Code: String, Sendable, CaseIterable {
        /// No patient identifier of the order has an assigner that the configuration knows.
        case orderPatientUnassigned
        /// The EHR has no patient with the order's identifier.
        case patientNotFound
        /// The order's identifiers lead to more than one patient of the EHR.
        case patientAmbiguous
        /// The patient the EHR returned does not carry the identifier of the order.
        case ehrPatientMismatch
        /// The EHR has more than one ServiceRequest for the order.
        case serviceRequestAmbiguous
        /// The ServiceRequest belongs to another patient.
        case serviceRequestPatientMismatch
        /// The EHR has more than one ImagingStudy for the study.
        case imagingStudyAmbiguous
        /// The ImagingStudy belongs to another patient.
        case imagingStudyPatientMismatch
        /// The study has no patient identifier, or one whose assigner is unknown.
        case studyPatientUnassigned
        /// The study's patient identifier is not one of the order's and the EHR patient's.
        case studyPatientMismatch
        /// The study's accession number is missing or is not the order's.
        case accessionMismatch
        /// The order has neither an accession number with a known assigner nor a Study Instance UID.
        case accessionUnassigned
        /// The study has another Study Instance UID than the order or the index says.
        case studyInstanceUIDMismatch
    }

    public let code: Code

    init(_ code: Code) {
        self.code = code
    }

    public var description: String { code.rawValue }
}
