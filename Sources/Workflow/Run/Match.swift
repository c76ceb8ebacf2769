import Audit
import DICOM
import FHIR
import Mapping
import Matching

/// What was retrieved, with the order's place in it kept: instance `index` here is instance `index` after
/// de-identification.
struct RetrievedStudy: Sendable {
    let study: Study
    /// Digest of the retrieved bytes, one per instance, in hex.
    let digests: [String]
    /// Objects that were not wanted and stayed in the archive.
    var leftOut = 0
}

extension OrderWorker {
    /// Reads what the EHR knows of the order and compares it with the order and the archive's index.
    func match(
        _ order: ImagingOrder, formerPatient: [AssignedIdentifier], located: LocatedStudy, scope: AuditScope
    ) async throws(RunFailure) -> Matched<MatchedContext> {
        let rule = matching(for: located.archive)
        let resources: EHRResources
        do {
            let identifiers = try rule.patientIdentifiers(of: order)
            resources = try await read(
                order, patients: identifiers, rule: rule, study: located.study, scope: scope.peer(ehr.name))
        } catch let error as MatchingError {
            throw RunFailure(error)
        } catch let error as AdapterError {
            throw RunFailure(error)
        } catch {
            throw RunFailure(park: .fault, code: "workflow.unexpected")
        }
        let matched = Result { () throws(MatchingError) in
            try rule.match(
                order: order, formerPatient: formerPatient, patients: resources.patients,
                serviceRequests: resources.serviceRequests, imagingStudies: resources.imagingStudies,
                study: located.study)
        }
        return try await noted(matched, step: "index", scope: scope)
    }

    /// Compares once more, on the headers of what arrived.
    func matchAgain(
        _ matched: Matched<MatchedContext>, _ retrieved: RetrievedStudy, located: LocatedStudy, scope: AuditScope
    ) async throws(RunFailure) -> Matched<MatchedContext> {
        let headers = retrieved.study.instances.map(\.dataSet)
        let again = Result { () throws(MatchingError) in
            try matching(for: located.archive).match(matched, headers: headers)
        }
        return try await noted(again, step: "headers", scope: scope)
    }

    /// Records what the comparison said before anything follows from it.
    private func noted(
        _ result: Result<Matched<MatchedContext>, MatchingError>, step: String, scope: AuditScope
    ) async throws(RunFailure) -> Matched<MatchedContext> {
        let failure: RunFailure?
        switch result {
        case .success: failure = nil
        case .failure(let error): failure = RunFailure(error)
        }
        do {
            try await store.record([trail.matched(scope, step: step, code: failure?.code)])
        } catch {
            throw RunFailure(error)
        }
        if let failure { throw failure }
        do { return try result.get() } catch { throw RunFailure(error) }
    }

    private func matching(for archive: Archive) -> StrictMatching {
        StrictMatching(
            assigners: assigners, ehrDefault: ehrDefaultAssigner, archiveDefault: archive.defaultAssigner,
            ehrBase: ehr.base)
    }

    private func read(
        _ order: ImagingOrder, patients identifiers: [Identifier], rule: StrictMatching, study: StudyReference,
        scope: AuditScope
    ) async throws(AdapterError) -> EHRResources {
        var resources = EHRResources()
        for identifier in identifiers {
            resources.patients += try await trail.search(.patientRead, "Patient", .query("Patient", identifier), scope)
            {
                () async throws(AdapterError) in try await ehr.patients(identifier: identifier)
            }
        }
        for identifier in rule.serviceRequestIdentifiers(of: order) {
            resources.serviceRequests += try await trail.search(
                .serviceRequestRead, "ServiceRequest", .query("ServiceRequest", identifier), scope
            ) {
                () async throws(AdapterError) in try await ehr.serviceRequests(identifier: identifier)
            }
        }
        resources.imagingStudies = try await trail.search(
            .imagingStudyRead, "ImagingStudy",
            .query("ImagingStudy", ("identifier", "urn:dicom:uid|urn:oid:\(study.studyInstanceUID.value)")), scope
        ) {
            () async throws(AdapterError) in try await ehr.imagingStudies(studyInstanceUID: study.studyInstanceUID)
        }
        return resources
    }
}

private struct EHRResources: Sendable {
    var patients: [Patient] = []
    var serviceRequests: [ServiceRequest] = []
    var imagingStudies: [ImagingStudy] = []
}
