internal import DICOM
internal import Deidentification
internal import MessageDeidentification

/// What the first look at a file told.
struct FoundFile: Sendable {
    enum Content: Sendable, Hashable {
        /// An instance of this study, of this patient.
        case instance(study: UID, patient: PatientKey)
        case hl7
        case fhirJSON
        /// A DICOMDIR: an index of other files.
        case directory
    }

    let path: InputPath
    /// Which file it was; another one in its place is not what was looked at.
    let identity: FileIdentity
    let content: Content
    /// What each message or resource of it tells of persons; none where it cannot be read, or is an image.
    var persons: [MessagePersons] = []

    /// Whom its messages are about.
    var subjects: MessageSubjects? {
        persons.isEmpty ? nil : MessageSubjects(persons.map(\.subjects))
    }
}
