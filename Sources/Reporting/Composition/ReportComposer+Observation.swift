import FHIR
import ImageClassifier
import JSON

// R4 §10.1.
extension ReportComposer {
    /// Codes of components for which no public code system has one.
    private static let componentSystem = "urn:x-imaging-gateway:component"
    private static let refusalSystem = "urn:x-imaging-gateway:refusal"
    private static let indeterminateReasonSystem = "urn:x-imaging-gateway:indeterminate-reason"

    func observation(
        _ request: ReportRequest, _ facts: ReportFacts, _ links: ReportLinks
    ) throws(ReportingError) -> Observation {
        let narrative = Narrative(paragraphs: [facts.statement] + facts.remarks, rows: [])
        let (value, absent, interpretation) = outcome(request.classification)
        return Observation(elements: [
            "text": try narrative.json(),
            "identifier": [links.identifier(request.names.observation)],
            "basedOn": links.basedOn,
            "status": "preliminary",
            "category": [
                CodeableConcept(Coding(system: CodeSystem.observationCategory, code: "imaging", display: "Imaging"))
            ],
            "code": CodeableConcept(template.finding),
            "subject": links.subject,
            "encounter": links.encounter,
            "effectiveDateTime": links.effective,
            "issued": request.issued.text,
            "performer": [settings.organization],
            "valueCodeableConcept": value,
            "dataAbsentReason": absent,
            "interpretation": interpretation,
            "note": ([ReportNotice.text, facts.statement] + facts.remarks).map { Annotation(text: $0) },
            "bodySite": CodeableConcept(template.bodySite),
            "device": Reference(links.urn(request.names.device)),
            "derivedFrom": [links.derivedFrom],
            "component": components(request, facts),
        ])
    }

    private func outcome(
        _ classification: Classification
    ) -> (value: CodeableConcept?, absent: CodeableConcept?, interpretation: [CodeableConcept]) {
        switch classification {
        case .finding(let finding):
            return (
                CodeableConcept(template.value(for: finding.decision), text: template.words(for: finding.decision)),
                nil,
                [CodeableConcept(finding.decision.interpretation)]
            )
        case .refusal(let refusal):
            let reason = "\(ReportNotice.notAnalysed) \(plainText(refusal.reason))"
            return (nil, CodeableConcept(refusal.code.dataAbsentReason, text: reason), [])
        }
    }

    private func components(_ request: ReportRequest, _ facts: ReportFacts) -> [JSONObject] {
        var components: [JSONObject] = []
        if let scores = facts.scores {
            let probability = Coding(system: CodeSystem.dicom, code: "122157", display: "Probability")
            components += [
                quantity(CodeableConcept(probability, text: "Calibrated probability"), scores.probability),
                range(Self.concept("probability-spread", "Probability: \(scores.spread.witnesses)"), scores.spread),
                quantity(Self.concept("operating-threshold", "Operating threshold"), scores.threshold),
                quantity(Self.concept("indeterminate-from", "Not decided above"), scores.lowerLimit),
                quantity(Self.concept("indeterminate-to", "Not decided below"), scores.upperLimit),
            ]
            if let reason = scores.indeterminateReason {
                let code = Coding(system: Self.indeterminateReasonSystem, code: reason.rawValue)
                components.append([
                    "code": Self.concept("indeterminate-reason", "Why not decided").json,
                    "valueCodeableConcept": CodeableConcept(code, text: reason.words).json,
                ])
            }
        }
        if case .refusal(let refusal) = request.classification {
            let code = Coding(system: Self.refusalSystem, code: refusal.code.rawValue)
            components.append([
                "code": Self.concept("refusal", "Why not analysed").json,
                "valueCodeableConcept": CodeableConcept(code, text: plainText(refusal.reason)).json,
            ])
        }
        let model = request.model
        return components + [
            text("model-version", "Model and version", "\(model.id) \(model.version)"),
            text("weights-sha256", "SHA-256 of the weights", model.weightsDigest),
            text("preprocessing-version", "Version of the preprocessing", model.preprocessingVersion),
            text(
                "deidentification-profile", "De-identification before analysis",
                "\(request.receipt.profile) \(request.receipt.version)"),
        ]
    }

    private static func concept(_ code: String, _ text: String) -> CodeableConcept {
        CodeableConcept(Coding(system: componentSystem, code: code), text: text)
    }

    private func text(_ code: String, _ name: String, _ value: String) -> JSONObject {
        JSONObject(elements: ["code": Self.concept(code, name), "valueString": plainText(value)])
    }

    /// R4 Range: bounds without comparator, and so widened to the whole where the digits cannot show them.
    private func range(_ code: CodeableConcept, _ spread: SpreadWords) -> JSONObject {
        func bound(_ text: String) -> Quantity? { JSONNumber(text).map { Quantity($0, unit: "1", ucum: "1") } }
        let range = JSONObject(elements: ["low": bound(spread.lowerBound), "high": bound(spread.upperBound)])
        return JSONObject(elements: ["code": code, "valueRange": range])
    }

    private func quantity(_ code: CodeableConcept, _ decimal: FixedDecimal) -> JSONObject {
        let number = JSONNumber(decimal.text)
        let quantity = number.map { Quantity($0, comparator: decimal.comparator, unit: "1", ucum: "1") }
        return JSONObject(elements: ["code": code, "valueQuantity": quantity])
    }
}
