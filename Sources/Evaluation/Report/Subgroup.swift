/// The figures of the cases that have one value in a subgroup column.
public struct Subgroup: Sendable, Equatable {
    /// The column's name.
    public let column: String
    /// The value.
    public let value: String
    /// Files, those that were refused, and those that were not read.
    public let files: Int
    /// Refused images.
    public let refused: Int
    /// Scored positives and negatives.
    public let positives: Int
    /// See `positives`.
    public let negatives: Int
    /// AUC, sensitivity and specificity where they are defined. Where a subgroup has one class only, its AUC is that
    /// against all cases of the other class.
    public let figures: [Figure: Estimate]
    /// Whether the AUC is against all cases of the other class.
    public let isAgainstAll: Bool

    static let told: [Figure] = [.auc, .sensitivity, .specificity, .decided]
    /// More values than this are no subgroups.
    static let most = 30

    /// Values of each column that are not told, because it has more than `most`.
    static func leftOut(_ cases: [EvaluatedCase], _ setting: EvaluationSetting) -> [(column: String, values: Int)] {
        setting.subgroups.enumerated().compactMap { index, column in
            let more = values(of: cases, at: index).count - most
            return more > 0 ? (column, more) : nil
        }
    }

    private static func values(of cases: [EvaluatedCase], at index: Int) -> Set<String> {
        Set(cases.compactMap { $0.subgroups.indices.contains(index) ? $0.subgroups[index] : nil })
    }

    static func all(_ cases: [EvaluatedCase], _ setting: EvaluationSetting) -> [Subgroup] {
        setting.subgroups.enumerated().flatMap { index, column in
            values(of: cases, at: index).sorted().prefix(most).map { value in
                Subgroup(column, value, at: index, of: cases, setting)
            }
        }
    }

    private init(
        _ column: String, _ value: String, at index: Int, of cases: [EvaluatedCase], _ setting: EvaluationSetting
    ) {
        let own = cases.filter { $0.subgroups.indices.contains(index) && $0.subgroups[index] == value }
        let sample = ScoredSample(own)
        self.column = column
        self.value = value
        files = own.count
        refused = own.count { $0.refusal != nil }
        (positives, negatives) = (sample.positives, sample.negatives)
        let hasOneClass = (sample.positives == 0) != (sample.negatives == 0)
        let lacksPositives = sample.positives == 0
        isAgainstAll = hasOneClass
        func figures(of sample: ScoredSample) -> [Figure: Estimate] {
            setting.bootstrap.intervals(sample) { drawn in
                drawn.figures(threshold: setting.threshold, specificity: setting.specificityAim)
                    .filter { Self.told.contains($0.key) }
            }
        }
        var result = figures(of: sample)
        if hasOneClass {
            let others = cases.filter { $0.label == lacksPositives }
            result[.auc] = figures(of: ScoredSample(own + others))[.auc]
        }
        self.figures = result
    }
}
