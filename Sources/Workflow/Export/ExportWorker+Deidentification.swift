import Audit
import DICOM
import Deidentification
import Mapping
import Matching
import Sealing
import SecondOpinion

extension ExportWorker {
    /// The copy: de-identified by the archive's profile, searched for all that is known of the patient, certified.
    func deidentified(
        _ retrieved: RetrievedStudy, _ job: ExportJob, _ context: MatchedContext, of patients: [AssignedIdentifier],
        scope: AuditScope
    ) async throws(RunFailure) -> PreparedExport {
        let known: KnownIdentity
        do {
            known = try KnownIdentity(context)
        } catch {
            throw RunFailure(DeidentificationError(.tooManyIdentifiers))
        }
        let result: Result<Made, DeidentificationError>
        do {
            result = try await trail.around(
                .studyDeidentify, scope, intent: [.profile: .configured(archive.profile.name)],
                facts: { AccessFacts(AuditDetails($0.receipt)) }, code: { "deidentification.\($0.code.rawValue)" }
            ) { () async throws(DeidentificationError) in
                try await clinical.blocking { () throws(DeidentificationError) in
                    let made = try deidentify(
                        retrieved.study, profile: archive.profile, pseudonyms: pseudonyms, identity: known,
                        pixels: pixels, burnedIn: archive.burnedIn)
                    return Made(study: made.0, receipt: made.1)
                }
            }
        } catch {
            throw RunFailure(error)
        }
        switch result {
        case .failure(let error): throw RunFailure(error)
        case .success(let made):
            // Nobody looked at the pixels: such images may be scored here, and never leave.
            guard made.receipt.burnedIn != .unchecked else {
                throw RunFailure(park: .imagesUnreadable, code: "export.pixelsUnchecked")
            }
            return try await certified(made, retrieved, known, job, of: patients)
        }
    }

    /// A study without identity, and how it became so.
    struct Made: Sendable {
        let study: Deidentified<Study>
        let receipt: DeidentificationReceipt
    }
}
