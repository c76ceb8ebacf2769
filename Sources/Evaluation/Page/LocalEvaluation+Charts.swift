extension LocalEvaluation {
    /// Precision against recall, with its band and what calling everything would give.
    var precisionRecallChart: Chart {
        let share = Double(curve.positives) / Double(curve.positives + curve.negatives)
        var chart = Chart(
            "Precision–recall curve",
            description: "Average precision \(MarkupText.number(curve.averagePrecision, 3)); calling every image gives "
                + "a precision of \(MarkupText.number(share, 3)).",
            horizontal: .share("Recall (sensitivity)"), vertical: .share("Precision (positive predictive value)"))
        if let bands {
            chart.area(
                Array(zip(CurveBands.places, bands.precision.lower)),
                Array(zip(CurveBands.places, bands.precision.upper)), .first)
        }
        chart.line([(0, share), (1, share)], .rule)
        chart.text("call everything", at: (0.02, share), shift: share > 0.15 ? 14 : -5)
        chart.line(
            Self.stairs(curve.points.dropFirst().map { (curve.sensitivity($0), curve.precision($0)) }), .first)
        if let point = thresholdPoint {
            chart.dot((curve.sensitivity(point), curve.precision(point)), .second)
        }
        return chart
    }

    /// Sensitivity against the share of false alarms.
    var receiverChart: Chart {
        var chart = Chart(
            "ROC curve",
            description: "Area \(MarkupText.number(curve.areaUnderROC, 3)); the diagonal is chance.",
            horizontal: .share("False alarms (1 − specificity)"), vertical: .share("Sensitivity"))
        if let bands {
            chart.area(
                Array(zip(CurveBands.places, bands.sensitivity.lower)),
                Array(zip(CurveBands.places, bands.sensitivity.upper)), .first)
        }
        chart.line([(0, 0), (1, 1)], .rule)
        chart.text("chance", at: (0.62, 0.55))
        chart.line(curve.points.map { (1 - curve.specificity($0), curve.sensitivity($0)) }, .first)
        if let point = thresholdPoint {
            chart.dot((1 - curve.specificity(point), curve.sensitivity(point)), .second)
        }
        return chart
    }

    /// Observed against said, with Wilson's intervals.
    var calibrationChart: Chart {
        var chart = Chart(
            "Calibration",
            description: "Expected calibration error \(MarkupText.number(calibration.expectedError, 3)). "
                + "On the diagonal, what is said to be probable happens as often.",
            horizontal: .share("Said: mean probability"), vertical: .share("Observed: share of positives"))
        chart.line([(0, 0), (1, 1)], .rule)
        chart.text("as said", at: (0.56, 0.5))
        chart.line(calibration.bins.map { ($0.meanProbability, $0.observed) }, .first)
        for bin in calibration.bins {
            if let interval = Interval.wilson(bin.positives, of: bin.count) {
                chart.line([(bin.meanProbability, interval.lower), (bin.meanProbability, interval.upper)], .second)
            }
            chart.dot((bin.meanProbability, bin.observed), .first, radius: 3 + min(Double(bin.count) / 40, 5))
        }
        return chart
    }

    /// How many images got which probability: negatives left of each place, positives right of it.
    var histogramChart: Chart {
        let bins = 20
        func counts(_ label: Bool) -> [Int] {
            sample.images.filter { $0.label == label }.reduce(into: Array(repeating: 0, count: bins)) { counts, image in
                counts[min(Int(image.probability * Double(bins)), bins - 1)] += 1
            }
        }
        let (negatives, positives) = (counts(false), counts(true))
        var chart = Chart(
            "Probabilities by truth",
            description: "Number of negatives (blue, left) and positives (vermilion, right) in steps of .05.",
            horizontal: .share("Probability"),
            vertical: .count("Images", upTo: (negatives + positives).max() ?? 1))
        let limits = setting.indeterminate
        chart.box(limits, chart.vertical.range, .rule)
        for bin in 0..<bins {
            let start = Double(bin) / Double(bins)
            let half = 0.5 / Double(bins)
            chart.box((start + 0.002)...(start + half), 0...Double(negatives[bin]), .first)
            chart.box((start + half)...(start + 2 * half - 0.002), 0...Double(positives[bin]), .second)
        }
        chart.text(
            "not decided", at: ((limits.lowerBound + limits.upperBound) / 2, chart.vertical.range.upperBound),
            "middle", shift: 14)
        return chart
    }

    /// What a call and its absence are worth at each prevalence.
    var predictiveValuesChart: Chart {
        let sensitivity = confusion.sensitivity ?? 0
        let specificity = confusion.specificity ?? 0
        let places = (1..<100).map { Double($0) / 100 }
        let values = places.map {
            PredictiveValues(sensitivity: sensitivity, specificity: specificity, prevalence: $0)
        }
        var chart = Chart(
            "Predictive values against prevalence",
            description: "At the threshold \(MarkupText.number(setting.threshold, 2)); the vertical line is the local "
                + "prevalence \(MarkupText.number(prevalence, 2)).",
            horizontal: .share("Prevalence"), vertical: .share("Predictive value"))
        chart.line([(prevalence, 0), (prevalence, 1)], .rule)
        chart.line(zip(places, values).compactMap { place, value in value.positive.map { (place, $0) } }, .first)
        chart.line(zip(places, values).compactMap { place, value in value.negative.map { (place, $0) } }, .second)
        chart.text("positive", at: (0.12, values[11].positive ?? 0), shift: 18)
        chart.text("negative", at: (0.86, values[85].negative ?? 0), "end", shift: -8)
        return chart
    }

    /// The lowest point of the curve that is at or above the threshold.
    private var thresholdPoint: OperatingCurve.Point? {
        curve.points.last { $0.threshold >= setting.threshold && $0.threshold.isFinite }
    }

    /// Precision falls and rises between two points; the curve goes level to the next recall, then up or down.
    private static func stairs(_ points: [(Double, Double)]) -> [(Double, Double)] {
        var result: [(Double, Double)] = []
        for (index, point) in points.enumerated() {
            if index > 0, points[index - 1].0 != point.0 { result.append((points[index - 1].0, point.1)) }
            result.append(point)
        }
        return result
    }
}
