import FHIR
import ImageClassifier
import JSON
import Mapping
import Matching

// R4 §10.3.
extension ReportComposer {
    func diagnosticReport(
        _ request: ReportRequest, _ facts: ReportFacts, _ links: ReportLinks
    ) throws(ReportingError) -> DiagnosticReport {
        let narrative = Narrative(
            paragraphs: [facts.statement] + facts.remarks,
            rows: facts.rows(model: request.model, receipt: request.receipt))
        let text = Attachment(
            contentType: "text/plain; charset=utf-8", data: Array(narrative.plain().utf8), title: ReportNotice.text)
        return DiagnosticReport(elements: [
            "text": try narrative.json(),
            "identifier": [links.identifier(request.names.report)],
            "basedOn": links.basedOn,
            "status": settings.policy.status.rawValue,
            "category": template.categories.map { CodeableConcept($0) },
            "code": code(request),
            "subject": links.subject,
            "encounter": links.encounter,
            "effectiveDateTime": links.effective,
            "issued": request.issued.text,
            "performer": [settings.organization],
            "result": [Reference(links.urn(request.names.observation))],
            "imagingStudy": links.imagingStudy,
            "conclusion": facts.conclusion(model: request.model),
            // The text first: many EHRs show only the first form, and the picture alone would say too little.
            "presentedForm": [text] + [facts.heatMap, facts.plainImage].compactMap { $0 },
        ])
    }

    /// The order's procedure in LOINC where it has one, else the template's code; the order's words in any case.
    private func code(_ request: ReportRequest) -> CodeableConcept {
        let requested = request.context.serviceRequest?.code
        let ordered = request.context.order.procedureCode
        let loinc = requested?.coding.first { $0.system == CodeSystem.loinc } ?? ordered?.loinc
        let text = requested?.text ?? ordered?.display
        return CodeableConcept(loinc ?? template.reportCode, text: text.map { plainText($0) })
    }
}

extension CodedConcept {
    /// The coding in LOINC, which HL7 v2 calls `LN` (table 0396).
    fileprivate var loinc: FHIR.Coding? {
        codings.first { $0.system == "LN" || $0.system == CodeSystem.loinc }.map { coding in
            FHIR.Coding(system: CodeSystem.loinc, code: coding.code, display: coding.display.map { plainText($0) })
        }
    }
}
