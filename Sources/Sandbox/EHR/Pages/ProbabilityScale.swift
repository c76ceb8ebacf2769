internal import JSON

/// A calibrated probability on a line from 0 to 1, with its spread over networks and views, the threshold and the
/// stretch in which the model does not decide: as a drawing, and as words that say the same.
struct ProbabilityScale {
    let finding: String
    let words: String
    private let value: Double
    private let threshold: (number: Double, words: String)?
    private let undecided: (from: Double, to: Double, words: String)?
    private let spread: (from: Double, to: Double, words: String, whose: String)?

    /// Nil unless the result has a probability from 0 to 1.
    init?(_ result: ReportResult) {
        func number(_ quantity: JSONValue?) -> Double? {
            quantity?["value"]?.number?.double.flatMap { (0...1).contains($0) ? $0 : nil }
        }
        guard let quantity = result.probability, let value = number(quantity),
            let words = ReportResult.words(quantity)
        else { return nil }
        finding = result.finding
        self.value = value
        self.words = words
        let limit = result.limit("operating-threshold")
        threshold = number(limit).flatMap { number in limit.flatMap(ReportResult.words).map { (number, $0) } }
        let (lower, upper) = (result.limit("indeterminate-from"), result.limit("indeterminate-to"))
        if let from = number(lower), let to = number(upper), from < to, let first = lower.flatMap(ReportResult.words),
            let last = upper.flatMap(ReportResult.words)
        {
            undecided = (from, to, "\(first) and \(last)")
        } else {
            undecided = nil
        }
        spread = result.spread.flatMap { range in
            guard let from = number(range.low), let to = number(range.high), from <= to,
                let first = ReportResult.words(range.low), let last = ReportResult.words(range.high)
            else { return nil }
            return (from, to, "\(first) to \(last)", range.whose)
        }
    }

    /// About how many of a hundred.
    private var ofHundred: String {
        switch value {
        case ..<0.01: "fewer than 1 in 100"
        case 0.99...: "more than 99 in 100"
        default: "about \(Int((value * 100).rounded())) in 100"
        }
    }

    var markup: Markup {
        """
        <p class="said">\(words) <span class="quiet">· \(ofHundred)</span></p>
        \(drawing)
        <p>Calibrated probability of “\(finding)”. Of the calibration images that this model scored like this one, \
        \(ofHundred) showed the finding; that carries over only to patients like those.</p>
        <ul>\(spread.map { "<li>\($0.whose): \($0.words). The wider, the less sure the model is of itself.</li>" as Markup })\
        \(threshold.map { "<li>Operating threshold of the model: \($0.words).</li>" as Markup })\
        \(undecided.map { "<li>Between \($0.words) the model does not decide.</li>" as Markup })</ul>
        """
    }

    private static let left = 16
    private static let width = 368

    private func x(_ value: Double) -> Int { Self.left + Int((value * Double(Self.width)).rounded()) }

    private var drawing: Markup {
        let spoken =
            "Scale from 0 to 1. Probability \(words)."
            + (spread.map { " Networks and views from \($0.words)." } ?? "")
            + (threshold.map { " Threshold \($0.words)." } ?? "")
            + (undecided.map { " Not decided between \($0.words)." } ?? "")
        let zone = undecided.map { zone -> Markup in
            """
            <rect class="zone" x="\(x(zone.from))" y="36" width="\(x(zone.to) - x(zone.from))" height="20"/>\
            <text x="\((x(zone.from) + x(zone.to)) / 2)" y="96" text-anchor="middle">not decided between \(zone.words)</text>\
            <path class="brace" d="M\(x(zone.from)) 60 v20 H\(x(zone.to)) v-20"/>
            """
        }
        let mark = threshold.map { limit -> Markup in
            """
            <line class="limit" x1="\(x(limit.number))" y1="32" x2="\(x(limit.number))" y2="60"/>\
            <text x="\(min(max(x(limit.number), 70), 330))" y="74" text-anchor="middle">threshold \(limit.words)</text>
            """
        }
        let whisker = spread.map { spread -> Markup in
            "<path class=\"spread\" d=\"M\(x(spread.from)) 40 v12 m0 -6 H\(x(spread.to)) m0 -6 v12\"/>"
        }
        let place = x(value)
        return """
            <svg class="scale" viewBox="0 0 400 104" role="img" aria-label="\(spoken)">
            <rect class="track" x="\(Self.left)" y="36" width="\(Self.width)" height="20"/>
            \(zone)\(mark)\(whisker)
            <path class="value" d="M\(place) 56 v-20 l-8 -12 h16 l-8 12 z"/>
            <text class="strong" x="\(min(max(place, 40), 360))" y="18" text-anchor="middle">\(words)</text>
            <text x="\(Self.left)" y="74" text-anchor="middle">0</text>\
            <text x="\(Self.left + Self.width)" y="74" text-anchor="middle">1</text>
            </svg>
            """
    }
}
