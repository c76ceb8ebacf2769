import Audit
import DICOM
import FHIR
import ImageClassifier
import JSON
import Mapping
import Matching
import Reporting

extension OrderWorker {
    /// Composes the report, freezing the key that its names are derived from at the first compose.
    func compose(
        _ matched: Matched<MatchedContext>, _ analysis: Analysis,
        order: inout StoredOrder, scope: AuditScope
    ) async throws(RunFailure) -> OutboxDraft {
        guard let frozen = order.content.frozenKey ?? matched.value.order.identity.strongest?.indexText else {
            throw RunFailure(park: .assignerUnknown, code: "order.withoutKey")
        }
        let composed: Result<ComposedReport, ReportingError>
        do {
            composed = try await trail.around(
                .reportCompose, scope, details: { _ in [:] }, code: { "reporting.\($0.code.rawValue)" }
            ) { () throws(ReportingError) in
                let names = try ReportNames(
                    keys: keys, frozenKey: frozen, study: matched.value.study.studyInstanceUID,
                    model: classifier.modelIdentity)
                let request = ReportRequest(
                    matched: matched, classification: analysis.classification, names: names,
                    issued: FHIRInstant(microsecondsSinceEpoch: clock.now().microseconds),
                    receipt: analysis.receipt,
                    orderIdentifier: orderIdentifier(of: matched.value.order.identity, assigners: assigners))
                return try composer.compose(request)
            }
        } catch {
            throw RunFailure(error)
        }
        switch composed {
        case .failure(let error): throw RunFailure(error)
        case .success(let report):
            order.content.frozenKey = frozen
            return OutboxDraft(
                destination: ehr.name, payload: report.bundle.json.serialized(), isHeld: isShadow)
        }
    }
}
