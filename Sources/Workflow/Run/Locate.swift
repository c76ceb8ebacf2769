import Audit
import DICOM
import Mapping

/// A study that was found, and the archive that holds it.
struct LocatedStudy: Sendable {
    let study: StudyReference
    let archive: Archive
}

extension OrderWorker {
    /// Finds the order's study: by Study Instance UID where the order has one, else by accession number.
    ///
    /// `nil` means: no images yet. More than one study for one accession number parks the order.
    func locate(_ order: ImagingOrder, scope: AuditScope) async throws(RunFailure) -> LocatedStudy? {
        for archive in archives {
            let found = try await query(archive, for: order, scope: scope)
            guard let study = found.first else { continue }
            guard found.allSatisfy({ $0.studyInstanceUID == study.studyInstanceUID }) else {
                throw RunFailure(park: .studyAmbiguous, code: "archive.studyAmbiguous")
            }
            return LocatedStudy(study: study, archive: archive)
        }
        return nil
    }

    private func query(
        _ archive: Archive, for order: ImagingOrder, scope: AuditScope
    ) async throws(RunFailure) -> [StudyReference] {
        do {
            return try await trail.around(.studyQuery, scope.peer(archive.source.name)) {
                () async throws(AdapterError) -> [StudyReference] in
                if let uid = order.studyInstanceUID {
                    return try await archive.source.studies(studyInstanceUID: uid)
                }
                guard let accession = order.identity.accession else { return [] }
                return try await archive.source.studies(accessionNumber: accession.value)
            }
        } catch {
            throw RunFailure(error)
        }
    }

    /// Whether the study's instance count has been the same for the archive's settle time; updates `progress`.
    func isSettled(_ located: LocatedStudy, progress: inout OrderProgress) -> Bool {
        let now = clock.now()
        if progress.instanceCount != located.study.instanceCount || progress.instanceCountSince == nil {
            progress.instanceCount = located.study.instanceCount
            progress.instanceCountSince = now
        }
        guard let since = progress.instanceCountSince else { return false }
        return now - since >= located.archive.settleTime
    }
}
