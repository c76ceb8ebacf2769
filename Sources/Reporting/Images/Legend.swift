import ImageClassifier

/// What stands below a heat map, so that it can be read where it is seen without its report: the scale of the colours
/// with its fixed range, what was not analysed, the probability and the model.
struct Legend {
    /// The ends and the middle of the scale, in units of the score (logit).
    let ticks: (low: String, middle: String, high: String)
    /// What the ends of the scale mean.
    let ends: (low: String, high: String)
    /// Whether a part of the picture is hatched.
    let hasHatching: Bool
    /// Lines of words below.
    let lines: [String]

    static let hatchingWords = "NOT ANALYSED"

    init(_ finding: Finding, scores: ReportFacts.Scores) {
        let range = Self.number(finding.mapRange)
        ticks = ("-\(range)", "0", "+\(range) LOGIT")
        ends = ("LOWERED THE SCORE", "RAISED THE SCORE")
        hasHatching = !finding.isWhollyAnalysed
        var lines = ["PROBABILITY \(scores.probability.words)"]
        lines.append("NETWORKS AND VIEWS \(scores.spread.words)")
        let model = finding.model
        lines.append("\(model.id) \(model.version)")
        self.lines = lines.map { plainText($0, limit: 200).uppercased() }
    }

    /// At most one digit behind the point, and none where it would be 0.
    private static func number(_ value: Double) -> String {
        let tenths = Int(min(max(value * 10, 0), 9_999).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
