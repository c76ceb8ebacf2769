public import DICOM
public import FHIR
public import Mapping

/// A value whose patient, order and study were compared and agree. Only `StrictMatching` makes one.
public struct Matched<Value: Sendable>: Sendable {
    public let value: Value

    init(_ value: Value) {
        self.value = value
    }
}

/// What was compared: one order, one patient of the EHR and one study, with the EHR's resources for them.
public struct MatchedContext: Sendable {
    public let order: ImagingOrder
    /// Identifiers that were merged into those of the order's patient.
    public let formerPatient: [AssignedIdentifier]
    /// The one Patient of the EHR with the order's identifier.
    public let patient: Patient
    /// The EHR's ServiceRequest for the order, where it has one.
    public let serviceRequest: ServiceRequest?
    /// The EHR's ImagingStudy for the study, where it has one.
    public let imagingStudy: ImagingStudy?
    /// The archive's answer.
    public let study: StudyReference

    init(
        order: ImagingOrder, formerPatient: [AssignedIdentifier] = [], patient: Patient,
        serviceRequest: ServiceRequest?, imagingStudy: ImagingStudy?, study: StudyReference
    ) {
        self.order = order
        self.formerPatient = formerPatient
        self.patient = patient
        self.serviceRequest = serviceRequest
        self.imagingStudy = imagingStudy
        self.study = study
    }
}
