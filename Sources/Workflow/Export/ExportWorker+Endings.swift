public import Audit
import FHIR

/// How a run ends: each ending is one commit with its audit record.
extension ExportWorker {
    /// Lets the retry policy decide; doubts wait for a person as quarantined, troubles as failed.
    func fail(
        _ job: ExportJob, _ lease: Lease, _ failure: RunFailure, scope: AuditScope
    ) async throws(AdapterError) {
        switch failure.consequence {
        case .park(.fault): try await end(job, lease, .failed, code: failure.code, scope: scope)
        case .park: try await end(job, lease, .quarantined, code: failure.code, scope: scope)
        case .policy(let error):
            var job = job
            let now = clock.now()
            job.failures += 1
            let decision = retry.decide(
                error, failures: job.failures, since: job.firstAttempt ?? now, now: now, jitter: .random(in: 0..<1))
            switch decision {
            case .retry(let moment):
                job.nextAttempt = moment
                try await end(job, lease, .pending, code: failure.code, scope: scope)
            case .park: try await end(job, lease, .failed, code: failure.code, scope: scope)
            }
        }
    }

    func quarantine(
        _ job: ExportJob, _ lease: Lease, code: String, scope: AuditScope
    ) async throws(RunFailure) {
        do { try await end(job, lease, .quarantined, code: code, scope: scope) } catch { throw RunFailure(error) }
    }

    func discard(_ job: ExportJob, _ lease: Lease, code: String, scope: AuditScope) async throws(RunFailure) {
        do { try await end(job, lease, .discarded, code: code, scope: scope) } catch { throw RunFailure(error) }
    }

    /// Writes what is known in the middle of a run.
    func write(_ job: ExportJob, _ lease: Lease) async throws(RunFailure) {
        var job = job
        job.updated = clock.now()
        do {
            try await store.writeExport(job, lease: lease, ends: false, records: [])
        } catch {
            throw RunFailure(error)
        }
    }

    /// Writes state and audit record in one commit and ends the lease.
    func end(
        _ job: ExportJob, _ lease: Lease, _ state: ExportJob.State, code: String? = nil, scope: AuditScope? = nil
    ) async throws(AdapterError) {
        var ended = job
        ended.state = state
        ended.code = code
        ended.attempts += 1
        if state == .sent { ended.failures = 0 }
        ended.updated = clock.now()
        let scope = (scope ?? AuditScope(subjects: [Subject(type: .order, identifier: job.order.value)]))
        let record = trail.export(scope.peer(archive.name), ended, from: job.state)
        try await store.writeExport(ended, lease: lease, ends: true, records: [record])
    }
}

extension AuditDetails {
    fileprivate init(_ job: ExportJob, from before: ExportJob.State, mayBeOutside: Bool) {
        self = [
            .from: .code(before.rawValue), .to: .code(job.state.rawValue), .attempts: .count(job.attempts),
            .outside: mayBeOutside && job.state != .sent ? .code("possible") : nil,
        ]
    }
}

extension AuditRecord {
    /// What the store itself does to an export, in the commit in which it does it: the service's own doing.
    ///
    /// - Parameters:
    ///   - order: nil where its patient's keys were destroyed.
    ///   - mayBeOutside: whether something of the copy may have reached the research archive.
    public init(of job: ExportJob, from before: ExportJob.State, of order: StoredOrder?, mayBeOutside: Bool) {
        let scope =
            order.map { AuditScope(order: $0) }
            ?? AuditScope(subjects: [Subject(type: .order, identifier: job.order.value)])
        self.init(
            event: .exportState, time: FHIRInstant(microsecondsSinceEpoch: job.updated.microseconds),
            outcome: .minorFailure, code: job.code, principal: Principal(kind: .service, name: "imaging-gateway"),
            purpose: .research, correlation: scope.correlation, peer: Peer(name: job.destination),
            subjects: scope.subjects, details: AuditDetails(job, from: before, mayBeOutside: mayBeOutside).texts)
    }
}

extension AuditTrail {
    /// What became of an export.
    func export(_ scope: AuditScope, _ job: ExportJob, from before: ExportJob.State) -> AuditRecord {
        record(
            .exportState, scope, outcome: job.state == .sent ? .success : .minorFailure, code: job.code,
            details: AuditDetails(job, from: before, mayBeOutside: job.content.copy != nil))
    }

    /// An operator's command on one export, under its order's correlation.
    public func operation(_ event: AuditEventType, on job: ExportJob, of order: StoredOrder?) -> AuditRecord {
        let order = order.map { AuditScope(order: $0) }
        let scope = order ?? AuditScope(subjects: [Subject(type: .order, identifier: job.order.value)])
        var record = record(
            event, scope.peer(job.destination), accessClass: .operations,
            details: [.state: .code(job.state.rawValue), .destination: .configured(job.destination)])
        if roles == [.application] { record.roles = [.operator] }
        return record
    }
}
