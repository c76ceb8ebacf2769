import DICOM
import Deidentification
import ImageClassifier
import Matching
import Reporting

/// Why one run of an order did not reach its end: to be tried again, or for a person.
struct RunFailure: Error, Sendable {
    enum Consequence: Sendable {
        /// The retry policy decides.
        case policy(AdapterError)
        case park(ParkReason)
    }

    let consequence: Consequence
    /// Stable, without patient data.
    let code: String
    /// What is counted of the model that answers, once the order's new state is stored.
    var outcome: ModelOutcome?

    init(_ error: AdapterError) {
        consequence = .policy(error)
        code = error.code
    }

    init(park reason: ParkReason, code: String) {
        consequence = .park(reason)
        self.code = code
    }
}

extension RunFailure {
    /// The one switch that gives the errors of matching their consequence.
    init(_ error: MatchingError) {
        let reason: ParkReason =
            switch error.code {
            case .orderPatientUnassigned, .studyPatientUnassigned, .accessionUnassigned: .assignerUnknown
            case .patientNotFound: .patientNotFound
            case .patientAmbiguous, .serviceRequestAmbiguous, .imagingStudyAmbiguous: .patientAmbiguous
            case .ehrPatientMismatch, .serviceRequestPatientMismatch, .imagingStudyPatientMismatch,
                .studyPatientMismatch, .accessionMismatch, .studyInstanceUIDMismatch:
                .patientMismatch
            }
        self.init(park: reason, code: "matching.\(error.code.rawValue)")
    }

    /// Images that cannot be read wait for a person.
    init(_ error: DICOMError) {
        self.init(park: .imagesUnreadable, code: "dicom.\(error.code.rawValue)")
    }

    /// A study that cannot be de-identified for certain does not go on.
    init(_ error: DeidentificationError) {
        self.init(park: .imagesUnreadable, code: "deidentification.\(error.code.rawValue)")
    }

    init(_ error: ClassifierError) {
        let code = "classifier.\(error.code.rawValue)"
        switch error.code {
        case .interrupted: self.init(AdapterError(.interrupted, code: code))
        case .pixelDataUndecodable: self.init(park: .imagesUnreadable, code: code)
        default: self.init(park: .fault, code: code)
        }
    }

    init(_ error: ReportingError) {
        self.init(park: .fault, code: "reporting.\(error.code.rawValue)")
    }
}
