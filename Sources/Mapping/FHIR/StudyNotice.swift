public import DICOM
public import FHIR

/// An ImagingStudy as news: there is a study, and it may belong to an order. Identified data.
public struct StudyNotice: Sendable, Equatable {
    /// The study.
    public let studyInstanceUID: UID
    /// Keys of the order that the study belongs to.
    public let keys: [OrderKey]
    /// The requests it is based on, by address.
    public let basedOn: [ReferenceTarget]
    /// The patient, by address.
    public let subject: ReferenceTarget?
    /// registered, available, cancelled, entered-in-error or unknown.
    public let status: String?
    /// Codes of DICOM's modalities.
    public let modalities: [String]
    /// The resource's logical id.
    public let imagingStudyID: String?

    /// - Throws: `studyInstanceUIDInvalid` where the resource does not name exactly one valid Study Instance UID.
    public init(
        _ study: ImagingStudy, assigners: AssignerDirectory, defaultAssigner: Assigner?
    ) throws(MappingError) {
        guard let uid = study.studyInstanceUID.flatMap({ UID($0) }) else {
            throw MappingError(.studyInstanceUIDInvalid, keyPath: "ImagingStudy.identifier")
        }
        studyInstanceUID = uid
        keys = OrderKey.keys(of: study, assigners: assigners, defaultAssigner: defaultAssigner)
        basedOn = study.basedOn.compactMap(\.target)
        subject = study.subject?.target
        status = study.status
        modalities = study.modalities
        imagingStudyID = study.id
    }
}

extension StudyNotice: CustomStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
