import FHIR
import ImageClassifier
import JSON

/// What a report says, in words and numbers, before it becomes resources: the one place where a finding or a refusal is
/// put into words.
struct ReportFacts {
    /// What the model says, or that it says nothing.
    let statement: String
    /// Words besides: caveats, notes about the picture.
    let remarks: [String]
    /// Numbers of a finding; nil in a refusal, which has none.
    let scores: Scores?
    let heatMap: Attachment?

    struct Scores {
        let probability: FixedDecimal
        let threshold: FixedDecimal
        let lowerLimit: FixedDecimal
        let upperLimit: FixedDecimal
    }

    /// - Throws: `probabilityInvalid` or `imageInvalid`.
    init(
        _ classification: Classification, template: ReportTemplate, policy: ReportPolicy
    ) throws(ReportingError) {
        switch classification {
        case .finding(let finding):
            let picture = try HeatMap(finding, policy: policy)
            statement = template.words(for: finding.decision)
            remarks = finding.caveats.map(\.words) + [picture.note].compactMap { $0 }
            scores = try Scores(finding, decimals: policy.decimals)
            heatMap = picture.attachment
        case .refusal(let refusal):
            statement = ReportNotice.notAnalysed
            remarks = [plainText(refusal.reason)]
            scores = nil
            heatMap = nil
        }
    }

    /// The rows of the narrative's table.
    func rows(model: ModelIdentity, receipt: ReceiptFacts) -> [(name: String, value: String)] {
        var rows: [(name: String, value: String)] = []
        if let scores {
            rows.append(("Calibrated probability", scores.probability.words))
            rows.append(("Operating threshold", scores.threshold.words))
            rows.append(("Not decided between", "\(scores.lowerLimit.words) and \(scores.upperLimit.words)"))
        }
        rows.append(("Model", "\(plainText(model.title)) \(plainText(model.version))"))
        rows.append(("Weights SHA-256", plainText(model.weightsDigest)))
        rows.append(("De-identification", "\(plainText(receipt.profile)) \(plainText(receipt.version))"))
        return rows
    }

    /// The report in one paragraph, for `conclusion`.
    func conclusion(model: ModelIdentity) -> String {
        var sentences = [ReportNotice.text, statement]
        if let scores {
            sentences.append(
                "Calibrated probability \(scores.probability.words), operating threshold \(scores.threshold.words).")
        }
        sentences += remarks
        sentences.append("Model: \(plainText(model.title)) \(plainText(model.version)).")
        return sentences.joined(separator: " ")
    }
}

extension ReportFacts.Scores {
    init(_ finding: Finding, decimals: Int) throws(ReportingError) {
        func decimal(_ value: Double, _ place: String) throws(ReportingError) -> FixedDecimal {
            guard let decimal = FixedDecimal(value, decimals: decimals) else {
                throw ReportingError(.probabilityInvalid, place)
            }
            return decimal
        }
        probability = try decimal(finding.probability, "probability")
        threshold = try decimal(finding.threshold, "threshold")
        lowerLimit = try decimal(finding.indeterminate.lowerBound, "indeterminate")
        upperLimit = try decimal(finding.indeterminate.upperBound, "indeterminate")
    }
}

extension ReportTemplate {
    func words(for decision: Decision) -> String {
        switch decision {
        case .positive: positiveWords
        case .negative: negativeWords
        case .indeterminate: indeterminateWords
        }
    }

    func value(for decision: Decision) -> Coding {
        switch decision {
        case .positive: present
        case .negative: absent
        case .indeterminate: indeterminate
        }
    }
}

extension Decision {
    /// HL7 v3 ObservationInterpretation.
    var interpretation: Coding {
        switch self {
        case .positive: Coding(system: CodeSystem.interpretation, code: "POS", display: "Positive")
        case .negative: Coding(system: CodeSystem.interpretation, code: "NEG", display: "Negative")
        case .indeterminate: Coding(system: CodeSystem.interpretation, code: "IND", display: "Indeterminate")
        }
    }
}
