import Audit
import DICOM
import Deidentification
import FHIR
import Mapping
import Matching
import Sealing

/// A copy that may be sent.
struct PreparedExport: Sendable {
    /// The pseudonymous study.
    let study: UID
    let objects: [ExportObject]
    let certificate: ExportObject
    /// Every identifier of the patient, the EHR's too: who of them objects is not exported.
    let patients: [AssignedIdentifier]
    let copy: ExportedCopy
}

extension ExportWorker {
    /// Locate, match, retrieve, match again, de-identify, certify. Nil where the patient objects by an identifier that
    /// only the EHR knows.
    func prepare(
        _ job: ExportJob, order: StoredOrder, _ imaging: ImagingOrder, scope: AuditScope
    ) async throws(RunFailure) -> PreparedExport? {
        var wanted = imaging
        // The study that the report is about, even where the order named an accession number only.
        wanted.studyInstanceUID = imaging.studyInstanceUID ?? UID(job.content.study)
        guard let located = try await clinical.locate(wanted, scope: scope),
            located.study.studyInstanceUID.value == job.content.study
        else { throw RunFailure(park: .studyAmbiguous, code: "export.studyGone") }
        let scope = scope.study(located.study.studyInstanceUID)
        let indexed = try await clinical.match(
            wanted, formerPatient: order.content.formerPatient, located: located, scope: scope)
        let known = indexed.value.patient.identifiers.map {
            AssignedIdentifier($0, clinical.assigners, clinical.ehrDefaultAssigner)
        }
        let patients = imaging.patient + order.content.formerPatient + known
        guard try await !isOptedOut(patients) else { return nil }
        let retrieved = try await clinical.retrieve(
            located, only: ExportedObjects.sopClasses, within: archive.limits, scope: scope)
        guard let retrieved, !retrieved.study.instances.isEmpty else {
            throw RunFailure(park: .imagesUnreadable, code: "export.noImages")
        }
        let matched = try await clinical.matchAgain(indexed, retrieved, located: located, scope: scope)
        return try await deidentified(retrieved, job, matched.value, of: patients, scope: scope)
    }
}
