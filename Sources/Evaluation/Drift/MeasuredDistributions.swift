public import JSON

/// How the scores of an evaluation are distributed, for comparing another one with it: a model carries those of its
/// validation images, and a hospital may keep its own of the day of acceptance.
public struct MeasuredDistributions: Sendable, Equatable {
    /// What is measured of an image.
    public enum Measure: String, Sendable, CaseIterable {
        /// The raw score.
        case logit
        /// Deviation of the logit over members and framings.
        case spread
    }

    /// Whose images.
    public enum Part: String, Sendable, CaseIterable {
        /// Those known to be negative.
        case negative
        /// Those known to be positive.
        case positive
        /// All of them.
        case all
    }

    /// By measure and part; parts without images are missing.
    public let distributions: [Measure: [Part: Distribution]]
    /// Images that the gate refused.
    public let refused: Int
    /// Images that came to the gate.
    public let asked: Int

    /// Of the cases of an evaluation.
    public init(_ cases: [EvaluatedCase]) {
        var distributions: [Measure: [Part: Distribution]] = [:]
        for measure in Measure.allCases {
            for part in Part.allCases {
                distributions[measure, default: [:]][part] = Distribution(Self.values(of: cases, measure, part))
            }
        }
        self.distributions = distributions
        refused = cases.count { $0.refusal != nil }
        asked = cases.count { $0.error == nil }
    }

    /// The values of a measure.
    static func values(of cases: [EvaluatedCase], _ measure: Measure, _ part: Part) -> [Double] {
        cases.filter { part == .all || ($0.label != nil && $0.label == (part == .positive)) }.compactMap { each in
            switch measure {
            case .logit: each.score?.logit
            case .spread: each.score?.spread?.deviation
            }
        }
    }

    /// The distributions of an `evaluation.json` to compare with: one that this program wrote, or one of a model's folder,
    /// where those of its validation images stand.
    ///
    /// - Parameter weightsSHA256: The weights that are evaluated. Scores of other weights are no reference.
    public init(evaluation: JSONValue, weightsSHA256: String) throws(EvaluationError) {
        let found = evaluation["distributions"] == nil ? evaluation["validation"] : evaluation
        guard let found, let distributions = found["distributions"] else { throw EvaluationError(.referenceInvalid) }
        let reference = try MeasuredDistributions(json: distributions)
        guard let weights = found["model"]?["weightsSHA256"]?.string else { throw EvaluationError(.referenceInvalid) }
        guard weights == weightsSHA256 else { throw EvaluationError(.referenceOtherModel) }
        self = reference
    }

    /// As `json` has them: the member `distributions` of an `evaluation.json`.
    public init(json: JSONValue) throws(EvaluationError) {
        guard let refused = json["refused"]?.int, let asked = json["asked"]?.int, refused >= 0, asked >= refused else {
            throw EvaluationError(.referenceInvalid)
        }
        (self.refused, self.asked) = (refused, asked)
        var distributions: [Measure: [Part: Distribution]] = [:]
        for measure in Measure.allCases {
            for part in Part.allCases {
                guard let value = json[measure.rawValue]?[part.rawValue] else { continue }
                distributions[measure, default: [:]][part] = try Distribution(json: value)
            }
        }
        guard !distributions.isEmpty else { throw EvaluationError(.referenceInvalid) }
        self.distributions = distributions
    }

    /// For a file.
    public var json: JSONValue {
        var object: JSONObject = ["refused": .count(refused), "asked": .count(asked)]
        for measure in Measure.allCases {
            var parts = JSONObject()
            for part in Part.allCases { parts[part.rawValue] = distributions[measure]?[part]?.json }
            if !parts.isEmpty { object[measure.rawValue] = .object(parts) }
        }
        return .object(object)
    }
}

/// A measure of local images beside that of the images it is compared with.
public struct MeasuredDrift: Sendable, Equatable {
    /// What is measured.
    public let measure: MeasuredDistributions.Measure
    /// Of which images. Only where there are no labels it is all of them, and then another share of positives alone
    /// moves it.
    public let part: MeasuredDistributions.Part
    /// How far they lie apart.
    public let drift: Drift
    /// Median here and there.
    public let medians: [Double]

    /// All measures that both sides have.
    static func all(_ cases: [EvaluatedCase], from reference: MeasuredDistributions) -> [MeasuredDrift] {
        let local = MeasuredDistributions(cases)
        let isLabelled = cases.contains { $0.label != nil }
        let parts: [MeasuredDistributions.Part] = isLabelled ? [.negative, .positive] : [.all]
        return MeasuredDistributions.Measure.allCases.flatMap { measure in
            parts.compactMap { part in
                guard let there = reference.distributions[measure]?[part],
                    let here = local.distributions[measure]?[part],
                    let drift = Drift(MeasuredDistributions.values(of: cases, measure, part), from: there)
                else { return nil }
                return MeasuredDrift(
                    measure: measure, part: part, drift: drift, medians: [here.quantiles[50], there.quantiles[50]])
            }
        }
    }
}
