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
    /// `nil` means: no images yet, or no name yet to ask for them by. More than one study for one accession number parks the order.
    func locate(_ order: ImagingOrder, scope: AuditScope) async throws(RunFailure) -> LocatedStudy? {
        guard order.studyInstanceUID != nil || order.identity.accession != nil else { return nil }
        for archive in archives {
            let found = try await query(archive, for: order, scope: scope)
            // A study without instances is announced at best.
            guard let study = found.first(where: { $0.instanceCount != 0 }) else { continue }
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
        let asked: AuditFact =
            if let uid = order.studyInstanceUID {
                .query("studies", ("StudyInstanceUID", uid.value))
            } else {
                .query("studies", ("AccessionNumber", order.identity.accession?.value ?? ""))
            }
        do {
            return try await trail.around(
                .studyQuery, scope.peer(archive.source.name), intent: [.query: asked],
                facts: { AccessFacts([.query: asked, .count: .count($0.count)]) }
            ) { () async throws(AdapterError) -> [StudyReference] in
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

    /// When the study's instance count will have been the same for the archive's settle time; updates `progress`.
    func settling(_ located: LocatedStudy, progress: inout OrderProgress) -> Timestamp {
        if progress.instanceCount == located.study.instanceCount, let since = progress.instanceCountSince {
            return since + located.archive.settleTime
        }
        let now = clock.now()
        progress.instanceCount = located.study.instanceCount
        progress.instanceCountSince = now
        return now + located.archive.settleTime
    }
}
