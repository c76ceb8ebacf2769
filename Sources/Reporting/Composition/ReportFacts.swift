import FHIR
import ImageClassifier
import JSON

/// What a report says, in words and numbers, before it becomes resources: the one place where a finding or a refusal is
/// put into words.
struct ReportFacts {
    /// What the model says, or that it says nothing.
    let statement: String
    /// Words besides: why the model does not decide, caveats, notes about the pictures.
    let remarks: [String]
    /// Numbers of a finding; nil in a refusal, which has none.
    let scores: Scores?
    let heatMap: Attachment?
    let plainImage: Attachment?

    struct Scores {
        let probability: FixedDecimal
        let threshold: FixedDecimal
        let lowerLimit: FixedDecimal
        let upperLimit: FixedDecimal
        let spread: SpreadWords
        /// Why the model does not decide; nil where it does.
        let indeterminateReason: IndeterminateReason?
    }

    /// - Throws: `probabilityInvalid` or `imageInvalid`.
    init(
        _ classification: Classification, template: ReportTemplate, policy: ReportPolicy
    ) throws(ReportingError) {
        switch classification {
        case .finding(let finding):
            let scores = try Scores(finding, decimals: policy.decimals)
            let pictures = try HeatMap(finding, scores: scores, policy: policy)
            statement = template.words(for: finding.decision)
            remarks =
                [finding.indeterminateReason?.words].compactMap { $0 } + finding.caveats.map(\.words) + pictures.notes
            self.scores = scores
            heatMap = pictures.attachment
            plainImage = pictures.plain
        case .refusal(let refusal):
            statement = ReportNotice.notAnalysed
            remarks = [plainText(refusal.reason)]
            scores = nil
            heatMap = nil
            plainImage = nil
        }
    }

    /// The rows of the narrative's table.
    func rows(model: ModelIdentity, receipt: ReceiptFacts) -> [(name: String, value: String)] {
        var rows: [(name: String, value: String)] = []
        if let scores {
            rows.append(("Calibrated probability", scores.probability.words))
            rows.append(("Spread", scores.spread.sentence))
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
                "Calibrated probability \(scores.probability.words), operating threshold \(scores.threshold.words); "
                    + "\(scores.spread.sentence).")
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
        spread = SpreadWords(
            lowest: try decimal(finding.spread.lowest, "spread"),
            highest: try decimal(finding.spread.highest, "spread"),
            networks: finding.spread.networks, views: finding.spread.views)
        indeterminateReason = finding.indeterminateReason
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
