/// Everything that an evaluation found, from which its JSON and its page are made.
public struct LocalEvaluation: Sendable {
    /// The model.
    public let model: EvaluatedModel
    /// What was asked.
    public let setting: EvaluationSetting
    /// What became of each file, in the order of rows.
    public let cases: [EvaluatedCase]
    /// Files below the folder that no row names: they were left out.
    public let filesWithoutRow: Int
    /// The scored cases whose truth is known.
    public let sample: ScoredSample
    /// Figures with their intervals; empty without labels.
    public let figures: [Figure: Estimate]
    /// What each threshold would do.
    public let curve: OperatingCurve
    /// 95 % bands of the curves; nil without both classes and with too few patients.
    public let bands: CurveBands?
    /// Said and observed.
    public let calibration: CalibrationBins
    /// Where slope and intercept of the calibration lie; nil where they are not defined.
    public let recalibration: LogisticRecalibration?
    /// The four counts at the threshold.
    public let confusion: Confusion
    /// The prevalence that advice is for.
    public let prevalence: Double
    /// A threshold for it; nil without both classes and with too few patients.
    public let advice: ThresholdAdvice?
    /// By the columns of the table.
    public let subgroups: [Subgroup]
    /// Columns with more values than are told, and how many more.
    public let subgroupsLeftOut: [(column: String, values: Int)]
    /// How the scores are distributed here.
    public let distributions: MeasuredDistributions
    /// The distributions that they are compared with.
    public let reference: MeasuredDistributions?
    /// How far they lie apart.
    public let drift: [MeasuredDrift]

    /// Evaluates. The same cases, setting and reference give the same figures on every machine.
    public init(
        _ cases: [EvaluatedCase], of model: EvaluatedModel, setting: EvaluationSetting, filesWithoutRow: Int = 0,
        reference: MeasuredDistributions? = nil
    ) {
        self.model = model
        self.setting = setting
        self.cases = cases
        self.filesWithoutRow = filesWithoutRow
        self.reference = reference
        sample = ScoredSample(cases)
        figures = setting.bootstrap.intervals(sample) {
            $0.figures(threshold: setting.threshold, specificity: setting.specificityAim)
        }
        curve = OperatingCurve(sample)
        bands = CurveBands(sample, setting.bootstrap)
        calibration = CalibrationBins(sample)
        recalibration = LogisticRecalibration(sample)
        confusion = Confusion(sample, threshold: setting.threshold)
        let labelled = cases.filter { $0.label != nil }
        let positives = labelled.count { $0.label == true }
        prevalence =
            setting.prevalence ?? Confusion.share(positives, labelled.count).flatMap { $0 > 0 && $0 < 1 ? $0 : nil }
            ?? setting.calibratedFor
        advice = ThresholdAdvice(sample, goal: setting.goal, prevalence: prevalence, bootstrap: setting.bootstrap)
        subgroups = Subgroup.all(cases, setting)
        subgroupsLeftOut = Subgroup.leftOut(cases, setting)
        distributions = MeasuredDistributions(cases)
        drift = reference.map { MeasuredDrift.all(cases, from: $0) } ?? []
    }

    /// Whether there are labels of both classes among the scored.
    public var isLabelled: Bool { curve.positives > 0 && curve.negatives > 0 }

    /// Patients of whom an image was read; a row without its file brings none.
    public var patients: Int { Set(cases.filter { $0.error == nil }.map(\.patient)).count }

    /// Codes with their counts, the most frequent first.
    public var refusals: [Tally] { Tally.all(cases.compactMap { each in each.refusal.map { ($0, each) } }) }
    /// Codes of files that were not read.
    public var errors: [Tally] { Tally.all(cases.compactMap { each in each.error.map { ($0, each) } }) }
    /// Codes of what readers of results would have been told besides.
    public var caveats: [Tally] { Tally.all(cases.flatMap { each in each.caveats.map { ($0, each) } }) }

    /// How often a code occurred.
    public struct Tally: Sendable, Equatable {
        /// The code.
        public let code: String
        /// All cases with it.
        public let count: Int
        /// Those known to be positive.
        public let positives: Int
        /// Those known to be negative.
        public let negatives: Int

        static func all(_ cases: [(String, EvaluatedCase)]) -> [Tally] {
            Dictionary(grouping: cases, by: \.0).map { code, cases in
                Tally(
                    code: code, count: cases.count, positives: cases.count { $0.1.label == true },
                    negatives: cases.count { $0.1.label == false })
            }.sorted { ($1.count, $0.code) < ($0.count, $1.code) }
        }
    }
}
