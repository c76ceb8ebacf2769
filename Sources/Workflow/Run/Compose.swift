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
        let isFirst = order.content.frozenKey == nil
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
                    orderIdentifier: orderIdentifier(matched.value.order))
                return try composer.compose(request, isFirst: isFirst)
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

    /// The order in the EHR's own terms: the placer's number where its assigner has a FHIR system, else the next one.
    private func orderIdentifier(_ order: ImagingOrder) -> Identifier? {
        for kind in [OrderKey.Kind.placer, .filler, .accession] {
            guard let identifier = order.identity.identifier(kind), let assigner = identifier.assigner,
                let system = assigners.fhirSystem(of: assigner)
            else { continue }
            return Identifier(
                system: system, value: identifier.value,
                type: CodeableConcept(coding: [Coding(system: Identifier.typeSystem, code: Self.typeCode(kind))]))
        }
        return nil
    }

    private static func typeCode(_ kind: OrderKey.Kind) -> String {
        switch kind {
        case .placer: "PLAC"
        case .filler: "FILL"
        case .accession: "ACSN"
        }
    }
}
