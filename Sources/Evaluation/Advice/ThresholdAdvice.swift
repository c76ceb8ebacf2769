/// What a threshold is chosen for.
public enum ThresholdGoal: Sendable, Equatable {
    /// The least harm at the local prevalence, where a miss is so many times as bad as a false alarm.
    case leastHarm(missesToAlarms: Double)
    /// At least this share of the positives is called, with as few false alarms as that allows.
    case sensitivity(Double)
}

/// A threshold for a local prevalence, from the local ROC curve, with what may be expected of it.
public struct ThresholdAdvice: Sendable, Equatable {
    /// Reasons to be careful with the advice; the raw values are stable.
    public enum Warning: String, Sendable, Equatable, CaseIterable {
        /// Fewer than 100 positives or 100 negatives: the figures may be far off at another hundred patients.
        case fewCases
        /// Fewer than 20 of either class: no advice should be followed.
        case veryFewCases
        /// The interval of the threshold is wider than .3: another draw of patients would advise another threshold.
        case thresholdUnstable
        /// Every image, or none, would be called: at this prevalence and cost the model does not help.
        case decidesNothing
    }

    /// What it is chosen for.
    public let goal: ThresholdGoal
    /// For which prevalence.
    public let prevalence: Double
    /// Call what is at or above; the interval comes from drawing patients.
    public let threshold: Interval
    /// Sensitivity on these images, on which the threshold was chosen: flattered.
    public let sensitivity: Double
    /// Specificity in the same way.
    public let specificity: Double
    /// What to expect of new patients: the mean over patients that a choice did not see, and the range of 95 of 100 such
    /// draws. Each draw leaves about 37 of 100 patients unseen, so the range is wider than a 95 % interval of all.
    public let expected: (sensitivity: Interval, specificity: Interval)
    /// At the local prevalence, with what is expected, not with the flattered figures.
    public let predictiveValues: PredictiveValues
    /// Reasons to be careful.
    public let warnings: [Warning]

    public static func == (left: ThresholdAdvice, right: ThresholdAdvice) -> Bool {
        left.goal == right.goal && left.prevalence == right.prevalence && left.threshold == right.threshold
            && left.sensitivity == right.sensitivity && left.specificity == right.specificity
            && left.expected == right.expected
    }

    /// Nil without both classes, and with too few patients to draw from.
    public init?(_ sample: ScoredSample, goal: ThresholdGoal, prevalence: Double, bootstrap: Bootstrap) {
        let curve = OperatingCurve(sample)
        guard sample.patients >= Bootstrap.fewestPatients, let chosen = Self.choice(curve, goal, prevalence) else {
            return nil
        }
        var drawings = Drawings()
        bootstrap.forEachDrawing(of: sample.patients) { counts in
            let drawn = OperatingCurve(sample.weighted(byPatient: counts))
            guard let point = Self.choice(drawn, goal, prevalence) else { return }
            let rest = Confusion(
                sample.weighted(byPatient: counts.map { $0 == 0 ? 1 : 0 }), threshold: point.threshold)
            guard let sensitivity = rest.sensitivity, let specificity = rest.specificity else { return }
            drawings.note(min(point.threshold, 1), sensitivity, specificity)
        }
        guard drawings.count * 2 > bootstrap.rounds else { return nil }
        self.goal = goal
        self.prevalence = prevalence
        threshold = drawings.interval(\.thresholds, min(chosen.threshold, 1))
        (sensitivity, specificity) = (curve.sensitivity(chosen), curve.specificity(chosen))
        expected = (
            drawings.interval(\.sensitivities, drawings.mean(\.sensitivities)),
            drawings.interval(\.specificities, drawings.mean(\.specificities))
        )
        predictiveValues = Self.predictiveValues(expected, prevalence)
        var warnings: [Warning] = []
        let fewest = min(curve.positives, curve.negatives)
        if fewest < 20 { warnings.append(.veryFewCases) } else if fewest < 100 { warnings.append(.fewCases) }
        if threshold.upper - threshold.lower > 0.3 { warnings.append(.thresholdUnstable) }
        if chosen == curve.points.first || chosen == curve.points.last { warnings.append(.decidesNothing) }
        self.warnings = warnings
    }

    /// What a call at the threshold is worth at another prevalence.
    public func predictiveValues(atPrevalence prevalence: Double) -> PredictiveValues {
        Self.predictiveValues(expected, prevalence)
    }

    private static func predictiveValues(
        _ expected: (sensitivity: Interval, specificity: Interval), _ prevalence: Double
    ) -> PredictiveValues {
        PredictiveValues(
            sensitivity: expected.sensitivity.value, specificity: expected.specificity.value, prevalence: prevalence)
    }

    /// The point of a curve that serves the goal best; of equals the one with the higher threshold.
    static func choice(_ curve: OperatingCurve, _ goal: ThresholdGoal, _ prevalence: Double) -> OperatingCurve.Point? {
        guard curve.positives > 0, curve.negatives > 0 else { return nil }
        switch goal {
        case .sensitivity(let aim): return curve.point(atSensitivity: aim)
        case .leastHarm(let ratio):
            func harm(_ point: OperatingCurve.Point) -> Double {
                prevalence * (1 - curve.sensitivity(point)) * ratio
                    + (1 - prevalence) * (1 - curve.specificity(point))
            }
            var best: (point: OperatingCurve.Point, harm: Double)?
            for point in curve.points {
                let harm = harm(point)
                if harm < best?.harm ?? .infinity { best = (point, harm) }
            }
            return best?.point
        }
    }

    private struct Drawings {
        var thresholds: [Double] = []
        var sensitivities: [Double] = []
        var specificities: [Double] = []
        var count: Int { thresholds.count }

        mutating func note(_ threshold: Double, _ sensitivity: Double, _ specificity: Double) {
            thresholds.append(threshold)
            sensitivities.append(sensitivity)
            specificities.append(specificity)
        }

        func interval(_ values: KeyPath<Drawings, [Double]>, _ value: Double) -> Interval {
            let ordered = self[keyPath: values].sorted()
            return Interval(
                value: value, lower: quantile(0.025, of: ordered) ?? value, upper: quantile(0.975, of: ordered) ?? value
            )
        }

        func mean(_ values: KeyPath<Drawings, [Double]>) -> Double {
            self[keyPath: values].reduce(0, +) / Double(count)
        }
    }
}
