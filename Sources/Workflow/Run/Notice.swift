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
        // Both the notice's and the order's history tell of it. An order that comes between these two lines takes the
        // notice and its correlation over itself.
        var records = [trail.noticeAdopted(scope)]
        if let order = try await owner(of: keys) {
            let subject = Subject(type: .order, identifier: notice.id.value)
            records.append(trail.noticeAdopted(AuditScope(order: order).naming([subject])))
        }
        if try await store.adopt(notice: notice.id, lease: lease, keys: keys, now: now, records: records) { return }
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
        let scope = scope.peer(ehr.name)
        let study = try await trail.read(.imagingStudyRead, "ImagingStudy", scope) {
            () async throws(AdapterError) in try await ehr.imagingStudy(id: id)
        }
        guard let study else { return [] }
        var keys = OrderKey.keys(of: study, assigners: assigners, defaultAssigner: ehrDefaultAssigner)
        for reference in study.basedOn {
            guard let target = reference.target,
                let own = ReferenceTarget("\(ServiceRequest.resourceType)/\(target.id)"),
                target.isSame(as: own, onServerAt: ehr.base)
            else { continue }
            let request = try await trail.read(.serviceRequestRead, "ServiceRequest", scope) {
                () async throws(AdapterError) in try await ehr.serviceRequest(id: target.id)
            }
            guard let request else { continue }
            keys += OrderKey.keys(of: request, assigners: assigners, defaultAssigner: ehrDefaultAssigner)
        }
        return keys
    }

    private func owner(of keys: [OrderKey]) async throws(AdapterError) -> StoredOrder? {
        for key in keys {
            let found = try await store.orders(OrderFilter(key: key, limit: 2))
            if let order = found.first(where: { $0.kind == .order }) { return order }
        }
        return nil
    }
}
