import Audit
import FHIR
import JSON
import Reporting

/// Reports as FHIR resources in the EHR.
///
/// Every delivery begins with a look at what the EHR already has under our identifier, so that a repeated, raced or
/// replayed delivery makes no second report, and a foreign one is never overwritten.
struct ReportChannel: DeliveryChannel {
    let ehr: any EHR
    let trail: AuditTrail

    var name: String { ehr.name }
    var canBeAsked: Bool { true }

    func deliver(_ payload: [UInt8], scope: AuditScope) async throws(AdapterError) -> DeliveryOutcome {
        let report = try read(payload)
        switch try await look(for: report, scope: scope) {
        case .several: return .conflict(code: "report.duplicate")
        case .none: return try await post(report.bundle, of: report, scope: scope, replacing: nil)
        case .one(let present):
            switch try await comparison(present, report, scope: scope) {
            case .same: return .delivered(code: "report.present")
            case .changed:
                return try await post(
                    try revision(of: present, by: report), of: report, scope: scope, replacing: present)
            case .foreign(.signedByPerson): return .finalised(code: "report.finalised")
            case .foreign(let reason): return .conflict(code: "report.foreign.\(reason.rawValue)")
            }
        }
    }

    func withdraw(
        _ payload: [UInt8], at time: Timestamp, scope: AuditScope
    ) async throws(AdapterError) -> DeliveryOutcome {
        let report = try read(payload)
        switch try await look(for: report, scope: scope) {
        case .several: return .conflict(code: "report.duplicate")
        case .none: return .withdrawn(code: "report.absent")
        case .one(let present):
            switch try await comparison(present, report, scope: scope) {
            case .same, .changed: break
            case .foreign(.enteredInError): return .withdrawn(code: "report.enteredInError")
            case .foreign(.signedByPerson): return .finalised(code: "report.finalised")
            case .foreign(let reason): return .conflict(code: "report.foreign.\(reason.rawValue)")
            }
            let transaction: Bundle
            do {
                transaction = try ComposedReport.withdrawal(report: present.report, observation: present.observation)
            } catch {
                throw AdapterError(.incorrect, code: "ehr.reportWithoutVersion")
            }
            try await submit(transaction, .reportWithdraw, scope: scope, replacing: present)
            return try await confirmWithdrawal(of: report, scope: scope)
        }
    }

    /// What counts is what the EHR shows.
    private func confirmWithdrawal(
        of report: ComposedReport, scope: AuditScope
    ) async throws(AdapterError) -> DeliveryOutcome {
        switch try await look(for: report, scope: scope) {
        case .several: return .conflict(code: "report.duplicate")
        case .none: return .withdrawn(code: "report.enteredInError")
        case .one(let shown):
            guard shown.report.status == "entered-in-error" else {
                throw AdapterError(.conflict, code: "ehr.reportChanged")
            }
            return .withdrawn(code: "report.enteredInError")
        }
    }

    func settle(
        _ payload: [UInt8], at time: Timestamp, scope: AuditScope
    ) async throws(AdapterError) -> DeliveryOutcome {
        let report = try read(payload)
        guard case .one(let present) = try await look(for: report, scope: scope) else {
            return .ended(code: "report.withdrawn")
        }
        switch try await comparison(present, report, scope: scope) {
        case .same, .changed: return .delivered(code: "report.present")
        case .foreign(.signedByPerson): return .finalised(code: "report.finalised")
        case .foreign: return .ended(code: "report.withdrawn")
        }
    }

    // MARK: - Steps

    /// Posts, then reads the report back: what counts is what the EHR shows, not what its answer says.
    private func post(
        _ transaction: Bundle, of report: ComposedReport, scope: AuditScope, replacing former: PresentReport?
    ) async throws(AdapterError) -> DeliveryOutcome {
        try await submit(transaction, .reportPost, scope: scope, replacing: former)
        switch try await look(for: report, scope: scope) {
        case .several: return .conflict(code: "report.duplicate")
        case .none: throw AdapterError(.conflict, code: "ehr.reportNotShown")
        case .one(let found):
            switch compare(found, report) {
            case .same: return .delivered(code: "report.posted")
            case .changed: throw AdapterError(.conflict, code: "ehr.reportChanged")
            case .foreign(let reason): return .conflict(code: "report.foreign.\(reason.rawValue)")
            }
        }
    }

    /// Writes to the EHR; the outcome names what was written and its version.
    private func submit(
        _ transaction: Bundle, _ event: AuditEventType, scope: AuditScope, replacing former: PresentReport?
    ) async throws(AdapterError) {
        var intent: AuditDetails = [
            .count: .count(transaction.entries.count), .bytes: .count(transaction.json.serialized().count),
            .resource: .code(DiagnosticReport.resourceType),
        ]
        intent.set(.formerVersion, former?.report.versionId.map { .identifier($0.utf8) })
        _ = try await trail.around(event, scope, intent: intent, facts: { AccessFacts(writtenBy: $0) }) {
            () async throws(AdapterError) in try await ehr.submit(transaction)
        }
    }

    private func revision(
        of present: PresentReport, by report: ComposedReport
    ) throws(AdapterError) -> Bundle {
        do {
            return try report.revised(report: present.report, observation: present.observation).bundle
        } catch {
            throw AdapterError(.incorrect, code: "ehr.reportWithoutVersion")
        }
    }

    private struct PresentReport: Sendable {
        let report: DiagnosticReport
        let observation: Observation?
    }

    private enum Lookup: Sendable {
        case none
        case one(PresentReport)
        case several
    }

    private func look(for report: ComposedReport, scope: AuditScope) async throws(AdapterError) -> Lookup {
        guard let identifier = report.report.identifiers.first else {
            throw AdapterError(.fault, code: "outbox.payloadInvalid")
        }
        let found = try await trail.search(
            .reportRead, DiagnosticReport.resourceType, .query(DiagnosticReport.resourceType, identifier), scope
        ) {
            () async throws(AdapterError) in try await ehr.diagnosticReports(identifier: identifier)
        }
        guard let first = found.first else { return .none }
        guard found.count == 1 else { return .several }
        guard let target = first.result.first?.target, target.type == Observation.resourceType else {
            return .one(PresentReport(report: first, observation: nil))
        }
        let observation = try await trail.read(.reportRead, Observation.resourceType, scope) {
            () async throws(AdapterError) in try await ehr.observation(id: target.id)
        }
        return .one(PresentReport(report: first, observation: observation))
    }

    /// Compares; a report that still names a patient whom the EHR itself merged into ours counts as ours, changed.
    private func comparison(
        _ present: PresentReport, _ report: ComposedReport, scope: AuditScope
    ) async throws(AdapterError) -> ReportComparison {
        let comparison = compare(present, report)
        guard comparison == .foreign(.subjectDiffers), let prior = present.report.subject?.target,
            prior.type == Patient.resourceType, let survivor = report.report.subject?.target
        else { return comparison }
        // Whether it is the same person is what is asked: until then it is somebody else's record.
        let named = scope.naming([Subject(type: .patient, identifier: "\(Patient.resourceType)/\(prior.id)")])
        let patient = try await trail.read(.patientRead, Patient.resourceType, named) {
            () async throws(AdapterError) in try await ehr.patient(id: prior.id)
        }
        let isMerged = patient?.replacedBy.contains { link in
            link.target?.isSame(as: survivor, onServerAt: ehr.base) == true
        }
        return isMerged == true ? compare(present, report, merged: present.report.subject) : comparison
    }

    private func compare(
        _ present: PresentReport, _ report: ComposedReport, merged: Reference? = nil
    ) -> ReportComparison {
        ReportComparison(
            existing: present.report, existingObservation: present.observation, ours: report, serverBase: ehr.base,
            mergedSubject: merged)
    }

    private func read(_ payload: [UInt8]) throws(AdapterError) -> ComposedReport {
        do {
            return try ComposedReport(Bundle(JSONValue(parsing: payload)))
        } catch {
            throw AdapterError(.fault, code: "outbox.payloadInvalid")
        }
    }
}
