import Audit
import DICOM
import FHIR
import ImageClassifier
import JSON
import Mapping
import Matching
import Reporting
import Sealing

/// The report in the form that one destination gets.
private struct ComposedPayload: Sendable {
    let destination: String
    let payload: [UInt8]
    /// What an HL7 v2 destination would have of it; `nil` where the destination can be asked.
    let digest: String?
}

extension OrderWorker {
    /// Composes the report for each destination, freezing the key that its names are derived from at the first compose.
    ///
    /// A destination that cannot be asked and has the same already gets nothing.
    func compose(
        _ matched: Matched<MatchedContext>, _ analysis: Analysis, by model: InstalledModel,
        order: inout StoredOrder, scope: AuditScope
    ) async throws(RunFailure) -> [OutboxDraft] {
        guard let frozen = order.content.frozenKey ?? matched.value.order.identity.strongest?.indexText else {
            throw RunFailure(park: .assignerUnknown, code: "order.withoutKey")
        }
        let study = matched.value.study.studyInstanceUID
        // Names are made of the study: a report about another one would stand beside the first.
        guard !order.standing.isOut || order.content.reportedStudy ?? study.value == study.value else {
            throw RunFailure(park: .studyAmbiguous, code: "study.changed")
        }
        // And of the model: another one's report would stand beside the first, which nobody would take back.
        guard !order.standing.isOut || order.content.reportedModel ?? model.identity.id == model.identity.id else {
            throw RunFailure(park: .orderChanged, code: "model.changed")
        }
        let generation = order.content.generation
        let composed: Result<[ComposedPayload], ReportingError>
        do {
            composed = try await trail.around(
                .reportCompose, scope, facts: { AccessFacts(details(of: $0, generation: generation)) },
                code: { "reporting.\($0.code.rawValue)" }
            ) { () throws(ReportingError) in
                let names = try ReportNames(
                    keys: keys, frozenKey: frozen, study: study,
                    model: model.identity, generation: generation)
                let request = ReportRequest(
                    matched: matched, classification: analysis.classification, names: names,
                    issued: FHIRInstant(microsecondsSinceEpoch: clock.now().microseconds),
                    receipt: analysis.receipt,
                    orderIdentifier: orderIdentifier(of: matched.value.order.identity, assigners: assigners),
                    mappingDigest: matched.value.order.mappingVersion)
                return try payloads(request, by: model.composer)
            }
        } catch {
            throw RunFailure(error)
        }
        switch composed {
        case .failure(let error): throw RunFailure(error)
        case .success(let payloads):
            order.content.frozenKey = frozen
            order.content.reportedStudy = study.value
            order.content.reportedModel = model.identity.id
            let needed = payloads.filter { !has($0, order) }
            order.startDelivery(to: needed.map(\.destination), now: clock.now())
            return needed.map { OutboxDraft(destination: $0.destination, payload: $0.payload, isHeld: isShadow) }
        }
    }

    private func payloads(
        _ request: ReportRequest, by composer: ReportComposer
    ) throws(ReportingError) -> [ComposedPayload] {
        let report = try composer.compose(request)
        var payloads = [
            ComposedPayload(destination: ehr.name, payload: report.bundle.json.serialized(), digest: nil)
        ]
        let messages = composer.messages(assigners: assigners)
        for destination in destinations {
            let message = try ResultMessage(messages.compose(request, for: destination.message))
            payloads.append(
                ComposedPayload(
                    destination: destination.name, payload: message.bytes, digest: message.contentDigest))
        }
        return payloads
    }

    /// How many forms of the report, how many bytes, and what exactly: a digest for each destination.
    private func details(of payloads: [ComposedPayload], generation: Int) -> AuditDetails {
        [
            .count: .count(payloads.count), .bytes: .count(payloads.reduce(0) { $0 + $1.payload.count }),
            .output: .digests(payloads.map { Digest.sha256($0.payload).hex }), .generation: .count(generation),
        ]
    }

    private func has(_ composed: ComposedPayload, _ order: StoredOrder) -> Bool {
        guard let digest = composed.digest, order.standing.isOut,
            let delivery = order.delivery(to: composed.destination)
        else { return false }
        return delivery.state == .delivered && delivery.digest == digest
    }
}
