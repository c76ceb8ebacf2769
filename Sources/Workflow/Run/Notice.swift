import Audit
import FHIR
import Mapping

extension OrderWorker {
    /// A study that was announced before its order: reads the announcement again from the EHR, and hands it to the
    /// order it belongs to; without one it waits, and is then recorded as not applicable.
    func runNotice(_ notice: StoredOrder, lease: Lease) async throws(AdapterError) {
        var notice = notice
        let now = clock.now()
        let scope = AuditScope(order: notice)
        let keys: [OrderKey]
        do {
            keys = try await announcedKeys(notice, scope: scope)
        } catch {
            return try await fail(notice, RunFailure(error), lease: lease)
        }
        let record = trail.noticeAdopted(scope)
        if try await store.adopt(notice: notice.id, lease: lease, keys: keys, now: now, records: [record]) { return }
        guard now - notice.created < waiting.noticeWait else {
            notice.content.notApplicableReason = "noOrder"
            notice.state = .notApplicable
            return try await finish(notice, lease: lease, event: nil, code: "noOrder")
        }
        notice.content.progress.polls += 1
        notice.nextAttempt = now + waiting.pause(after: notice.content.progress.polls)
        try await finish(notice, lease: lease, event: .imagesMissing)
    }

    /// The order keys that the EHR's ImagingStudy and the ServiceRequests it is based on carry.
    private func announcedKeys(_ notice: StoredOrder, scope: AuditScope) async throws(AdapterError) -> [OrderKey] {
        guard let id = notice.content.imagingStudyID else { return [] }
        return try await trail.around(.imagingStudyRead, scope.peer(ehr.name)) {
            () async throws(AdapterError) -> [OrderKey] in
            guard let study = try await ehr.imagingStudy(id: id) else { return [] }
            var keys = OrderKey.keys(of: study, assigners: assigners, defaultAssigner: ehrDefaultAssigner)
            for reference in study.basedOn {
                guard let target = reference.target,
                    let own = ReferenceTarget("\(ServiceRequest.resourceType)/\(target.id)"),
                    target.isSame(as: own, onServerAt: ehr.base)
                else { continue }
                if let request = try await ehr.serviceRequest(id: target.id) {
                    keys += OrderKey.keys(of: request, assigners: assigners, defaultAssigner: ehrDefaultAssigner)
                }
            }
            return keys
        }
    }
}
