import DICOM
import HL7v2

/// One examination as order placer, order filler, archive and EHR know it. Its parts can be changed, so that a scenario
/// can make them disagree.
struct Examination: Hashable, Sendable {
    var patient: SyntheticPatient
    var kind: ExaminationKind
    /// Assigned by `Hospital.placerNamespace`.
    var placerOrderNumber: String
    /// Assigned by `Hospital.fillerNamespace`.
    var fillerOrderNumber: String
    /// Assigned by `Hospital.accessionNamespace`; at most 16 characters.
    var accessionNumber: String
    var requestedProcedureID: String
    var scheduledProcedureStepID: String
    var studyInstanceUID: UID
    var seriesInstanceUID: UID
    var sopInstanceUID: UID
    /// When it is done, in UTC.
    var time: DTM

    /// The patient's completed years on that day.
    var age: Int { patient.age(on: time) }

    /// `YYYYMMDD`.
    var studyDate: String { time.date.description }

    /// `HHMMSS`.
    var studyTime: String { String(time.description.dropFirst(8).prefix(6)) }
}

extension Examination: CustomStringConvertible, CustomReflectable {
    /// Nothing of the content.
    var description: String { "<redacted>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
