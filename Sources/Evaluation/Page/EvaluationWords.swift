/// Sentences for a physicist, made from figures.
enum EvaluationWords {
    static func name(_ figure: Figure, _ setting: EvaluationSetting) -> String {
        switch figure {
        case .averagePrecision: "Average precision"
        case .auc: "AUC (ROC)"
        case .sensitivity: "Sensitivity"
        case .specificity: "Specificity"
        case .positivePredictiveValue: "Positive predictive value"
        case .negativePredictiveValue: "Negative predictive value"
        case .accuracy: "Accuracy"
        case .balancedAccuracy: "Balanced accuracy"
        case .sensitivityAtSpecificity:
            "Best sensitivity at specificity ≥ \(MarkupText.number(setting.specificityAim, 2))"
        case .calibrationError: "Expected calibration error"
        case .calibrationExcess: "Mean probability − share of positives"
        case .brier: "Brier score"
        case .decided: "Share decided"
        case .accuracyOfDecided: "Accuracy of the decided"
        case .positivesCalledNegative: "Positives called negative"
        case .negativesCalledPositive: "Negatives called positive"
        }
    }

    static func warning(_ warning: ThresholdAdvice.Warning) -> String {
        switch warning {
        case .fewCases:
            "Fewer than 100 positives or 100 negatives: another hundred patients may give clearly other figures."
        case .veryFewCases:
            "Fewer than 20 positives or 20 negatives: do not follow this advice; collect more cases."
        case .thresholdUnstable:
            "The threshold is unstable: another draw of the same patients would advise another one."
        case .decidesNothing:
            "Every image, or none, would be called: at this prevalence and cost the model does not help."
        }
    }

    static func goal(_ goal: ThresholdGoal) -> String {
        switch goal {
        case .leastHarm(let ratio):
            "the least harm, where a miss is \(MarkupText.number(ratio, ratio < 10 ? 1 : 0)) times as bad as a false alarm"
        case .sensitivity(let aim): "a sensitivity of at least \(MarkupText.number(aim, 2))"
        }
    }

    static func verdict(_ verdict: Drift.Verdict) -> String {
        switch verdict {
        case .withinChance: "no drift seen: not more than chance gives with so few images, by either measure"
        case .small: "small: more than chance, below the usual limit of .1"
        case .moderate: "moderate (.1 to .25): find out why before going on"
        case .large: "large (above .25): these are other images than those of the reference"
        }
    }

    static func measure(_ measure: MeasuredDistributions.Measure) -> String {
        switch measure {
        case .logit: "raw score (logit)"
        case .spread: "spread over members and framings"
        }
    }

    static func part(_ part: MeasuredDistributions.Part) -> String {
        switch part {
        case .negative: "negatives"
        case .positive: "positives"
        case .all: "all images (another share of positives alone moves this)"
        }
    }

    /// What slope and intercept say of the calibration.
    static func recalibration(_ recalibration: LogisticRecalibration) -> String {
        let slope = recalibration.slope
        let word =
            slope < 0.8
            ? "the model is too sure of itself here"
            : slope > 1.25 ? "the model is less sure than it could be here" : "its confidence fits"
        return "Fitted here: logit p′ = \(MarkupText.number(slope, 2)) · logit p "
            + "\(recalibration.intercept < 0 ? "−" : "+") \(MarkupText.number(abs(recalibration.intercept), 2)); \(word)."
    }
}
