public import JSON

extension LocalEvaluation {
    /// The file `evaluation.json`: no identifier and no file name.
    public var json: JSONValue {
        var object: JSONObject = [
            "format": "imaging-gateway/evaluation/1",
            "notice": "AI-generated demonstration, not a medical device, not for clinical use",
            "model": modelJSON, "setting": settingJSON, "counts": countsJSON,
        ]
        object["figures"] = .object(
            JSONObject(
                Figure.allCases.compactMap { name in
                    figures[name].map { (key: name.rawValue, value: Self.estimate($0)) }
                }))
        if isLabelled {
            object["confusion"] = Self.confusion(confusion)
            object["curves"] = curvesJSON
            object["calibration"] = calibrationJSON
            object["advice"] = adviceJSON
            object["predictiveValues"] = predictiveValuesJSON
        }
        object["subgroups"] = .array(subgroups.map(Self.subgroup))
        object["subgroupsLeftOut"] = .array(
            subgroupsLeftOut.map { ["column": .string($0.column), "values": .count($0.values)] })
        object["refusals"] = .array(refusals.map(Self.tally))
        object["unread"] = .array(errors.map(Self.tally))
        object["caveats"] = .array(caveats.map(Self.tally))
        object["distributions"] = distributions.json
        object["drift"] = driftJSON
        object["rows"] = .array(cases.map(rowJSON))
        return .object(object)
    }

    private var modelJSON: JSONValue {
        [
            "id": .string(model.id), "version": .string(model.version), "title": .string(model.title),
            "weightsSHA256": .string(model.weightsSHA256), "preprocessing": .string(model.preprocessing),
            "attribution": .string(model.attribution),
        ]
    }

    private var settingJSON: JSONValue {
        [
            "threshold": .exact(setting.threshold), "negativeLimit": .exact(setting.indeterminate.lowerBound),
            "positiveLimit": .exact(setting.indeterminate.upperBound),
            "specificityAim": .exact(setting.specificityAim), "prevalence": .real(prevalence),
            "prevalenceGiven": .bool(setting.prevalence != nil), "calibratedFor": .exact(setting.calibratedFor),
            "imageGate": .bool(setting.gatesImages),
            "bootstrap": [
                "unit": "patient", "method": "percentile", "rounds": .count(setting.bootstrap.rounds),
                "seed": .string(String(setting.bootstrap.seed)), "generator": "SplitMix64",
                "fewestPatients": .count(Bootstrap.fewestPatients),
            ],
        ]
    }

    private var countsJSON: JSONValue {
        let scored = cases.count { $0.score != nil }
        return [
            "files": .count(cases.count), "filesWithoutRow": .count(filesWithoutRow), "scored": .count(scored),
            "refused": .count(cases.count { $0.refusal != nil }), "unread": .count(cases.count { $0.error != nil }),
            "patients": .count(patients),
            "positives": .count(cases.count { $0.label == true }),
            "negatives": .count(cases.count { $0.label == false }),
            "scoredPositives": .count(sample.positives), "scoredNegatives": .count(sample.negatives),
            "scoredPatients": .count(sample.patients),
        ]
    }

    private var curvesJSON: JSONValue {
        .array(
            curve.points.dropFirst().map { point in
                [
                    "threshold": .real(point.threshold, places: 9), "truePositives": .count(point.truePositives),
                    "falsePositives": .count(point.falsePositives),
                ]
            })
    }

    private var calibrationJSON: JSONValue {
        [
            "bins": .array(
                calibration.bins.map { bin in
                    [
                        "lower": .real(bin.lower), "count": .count(bin.count), "positives": .count(bin.positives),
                        "meanProbability": .real(bin.meanProbability),
                    ]
                }),
            "slope": .real(recalibration?.slope), "intercept": .real(recalibration?.intercept),
        ]
    }

    private var adviceJSON: JSONValue {
        guard let advice else { return nil }
        let goal: JSONValue =
            switch advice.goal {
            case .leastHarm(let ratio): ["leastHarm": .exact(ratio)]
            case .sensitivity(let aim): ["sensitivity": .exact(aim)]
            }
        return [
            "goal": goal, "prevalence": .real(advice.prevalence), "threshold": Self.interval(advice.threshold),
            "sensitivity": .real(advice.sensitivity), "specificity": .real(advice.specificity),
            "expectedSensitivity": Self.interval(advice.expected.sensitivity),
            "expectedSpecificity": Self.interval(advice.expected.specificity),
            "positivePredictiveValue": .real(advice.predictiveValues.positive),
            "negativePredictiveValue": .real(advice.predictiveValues.negative),
            "logitOffset": .real(PriorShift(from: setting.calibratedFor, to: prevalence)?.offset),
            "warnings": .array(advice.warnings.map { .string($0.rawValue) }),
        ]
    }

    private var predictiveValuesJSON: JSONValue {
        guard let sensitivity = confusion.sensitivity, let specificity = confusion.specificity else { return [] }
        return .array(
            PredictiveValues.usualPrevalences.map { prevalence in
                let values = PredictiveValues(
                    sensitivity: sensitivity, specificity: specificity, prevalence: prevalence)
                return [
                    "prevalence": .exact(prevalence), "positive": .real(values.positive),
                    "negative": .real(values.negative),
                ]
            })
    }

    private var driftJSON: JSONValue {
        guard let reference else { return nil }
        return [
            "measures": .array(
                drift.map { each in
                    [
                        "measure": .string(each.measure.rawValue), "part": .string(each.part.rawValue),
                        "count": .count(each.drift.count), "stabilityIndex": .real(each.drift.stabilityIndex),
                        "stabilityByChance": .real(each.drift.stabilityByChance),
                        "distance": .real(each.drift.distance), "pValue": .real(each.drift.pValue),
                        "verdict": .string(each.drift.verdict.rawValue), "median": .real(each.medians[0]),
                        "referenceMedian": .real(each.medians[1]),
                    ]
                }),
            "refused": [.count(distributions.refused), .count(distributions.asked)],
            "referenceRefused": [.count(reference.refused), .count(reference.asked)],
        ]
    }

    private func rowJSON(_ each: EvaluatedCase) -> JSONValue {
        var row: JSONObject = ["row": .count(each.row), "patient": .string(each.patient)]
        row["sha256"] = each.digest.map { .string($0) }
        row["label"] = each.label.map { .count($0 ? 1 : 0) }
        switch each.outcome {
        case .scored(let score):
            row["logit"] = .exact(score.logit)
            row["probability"] = .exact(score.probability)
            if let spread = score.spread {
                row["spread"] = [.real(spread.lowest), .real(spread.highest), .real(spread.deviation)]
            }
            row["decision"] = .string(score.decision.map { $0 ? "positive" : "negative" } ?? "indeterminate")
        case .refused(let code): row["refusal"] = .string(code)
        case .unread(let code): row["error"] = .string(code)
        }
        return .object(row)
    }

    private static func interval(_ interval: Interval) -> JSONValue {
        ["value": .real(interval.value), "lower": .real(interval.lower), "upper": .real(interval.upper)]
    }

    /// Without an interval its limits are null: no reader takes them for numbers.
    private static func estimate(_ estimate: Estimate) -> JSONValue {
        [
            "value": .real(estimate.value), "lower": .real(estimate.interval?.lower),
            "upper": .real(estimate.interval?.upper),
        ]
    }

    private static func confusion(_ confusion: Confusion) -> JSONValue {
        [
            "truePositives": .count(confusion.truePositives), "falsePositives": .count(confusion.falsePositives),
            "trueNegatives": .count(confusion.trueNegatives), "falseNegatives": .count(confusion.falseNegatives),
        ]
    }

    private static func tally(_ tally: Tally) -> JSONValue {
        [
            "code": .string(tally.code), "count": .count(tally.count), "positives": .count(tally.positives),
            "negatives": .count(tally.negatives),
        ]
    }

    private static func subgroup(_ subgroup: Subgroup) -> JSONValue {
        var object: JSONObject = [
            "column": .string(subgroup.column), "value": .string(subgroup.value), "files": .count(subgroup.files),
            "refused": .count(subgroup.refused), "positives": .count(subgroup.positives),
            "negatives": .count(subgroup.negatives), "againstAll": .bool(subgroup.isAgainstAll),
        ]
        for name in Subgroup.told { object[name.rawValue] = subgroup.figures[name].map(estimate) }
        return .object(object)
    }
}
