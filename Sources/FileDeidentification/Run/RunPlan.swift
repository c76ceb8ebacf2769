internal import DICOM
internal import Deidentification
internal import SecondOpinion

/// What the second pass works on.
struct RunPlan: Sendable {
    /// In the order in which they were named, but for studies, which stay together.
    let files: [FoundFile]
    let studies: [UID: StudyWork]
    let patients: [PatientKey: KnownIdentity]
    let claims = Claims()
}
