extension LocalEvaluation {
    var adviceSection: String {
        let source =
            setting.prevalence == nil
            ? "the share of positives in the table; give the real one with --prevalence" : "as given"
        guard let advice else {
            return "<section><h2>Threshold for the local prevalence</h2><p>There are too few patients of both classes "
                + "to advise anything (at least \(Bootstrap.fewestPatients) in all, some with each truth).</p></section>"
        }
        let warnings = advice.warnings.map { "<li>\(EvaluationWords.warning($0))</li>" }.joined()
        let rows = PredictiveValues.usualPrevalences.map { prevalence in
            let values = advice.predictiveValues(atPrevalence: prevalence)
            return "<tr><th scope=\"row\">\(MarkupText.percent(prevalence, 0))</th>"
                + "<td>\(MarkupText.percent(values.positive))</td><td>\(MarkupText.percent(values.negative))</td></tr>"
        }
        return """
            <section><h2>Threshold for the local prevalence</h2>
            <p>Prevalence \(MarkupText.percent(prevalence)) (\(source)). Sought: \
            \(EvaluationWords.goal(advice.goal)).</p>
            \(warnings.isEmpty ? "" : "<ul class=\"warn\" role=\"note\">\(warnings)</ul>")
            <div class="two"><div>
            <table><tbody>
            <tr><th scope="row">Threshold for the model’s probability</th><td>\
            \(MarkupText.interval(advice.threshold))</td></tr>
            <tr><th scope="row">Sensitivity, specificity on these images</th><td>\
            \(MarkupText.number(advice.sensitivity, 3)), \(MarkupText.number(advice.specificity, 3))</td></tr>
            <tr><th scope="row">Sensitivity to expect of new patients</th><td>\
            \(MarkupText.interval(advice.expected.sensitivity))</td></tr>
            <tr><th scope="row">Specificity to expect of new patients</th><td>\
            \(MarkupText.interval(advice.expected.specificity))</td></tr>
            <tr><th scope="row">A call is right</th><td>\
            \(MarkupText.percent(advice.predictiveValues.positive))</td></tr>
            <tr><th scope="row">No call is right</th><td>\
            \(MarkupText.percent(advice.predictiveValues.negative))</td></tr>
            </tbody></table>
            <p>The threshold was chosen on these very images, which flatters it. What is “to expect” comes from patients \
            that a choice did not see: the mean, and the range of 95 of 100 draws, each with about a third of the \
            patients unseen. What a call is worth is reckoned from it.</p>
            \(recalibrationWords)
            </div><div><table><thead><tr><th scope="col">Prevalence</th><th scope="col">A call is right</th>\
            <th scope="col">No call is right</th></tr></thead><tbody>\(rows.joined())</tbody></table></div></div></section>
            """
    }

    private var recalibrationWords: String {
        guard let shift = PriorShift(from: setting.calibratedFor, to: prevalence) else { return "" }
        let examples = [0.2, 0.5, 0.8].map {
            "\(MarkupText.number($0, 1)) → \(MarkupText.number(shift.probability($0), 2))"
        }
        return
            "<p>The model’s probability is meant for a prevalence of \(MarkupText.percent(setting.calibratedFor, 0)). "
            + "For the local one its logit is to be shifted by \(MarkupText.number(shift.offset, 2)), if positives and "
            + "negatives look as in the training: \(examples.joined(separator: ", ")).</p>"
    }

    var subgroupSection: String {
        guard !subgroups.isEmpty else { return "" }
        let rows = subgroups.map { each in
            "<tr><td>\(MarkupText.escaped(each.column))</td><th scope=\"row\">\(MarkupText.escaped(each.value))</th>"
                + "<td>\(each.files)</td><td>\(each.refused)</td><td>\(each.positives)</td><td>\(each.negatives)</td>"
                + "<td>\(MarkupText.estimate(each.figures[.auc]))\(each.isAgainstAll ? " *" : "")</td>"
                + "<td>\(MarkupText.estimate(each.figures[.sensitivity]))</td>"
                + "<td>\(MarkupText.estimate(each.figures[.specificity]))</td></tr>"
        }
        let more = subgroupsLeftOut.map {
            "<p>Column \(MarkupText.escaped($0.column)): \($0.values) more values are not told; at most "
                + "\(Subgroup.most) of a column are.</p>"
        }
        let head = [
            "Column", "Value", "Files", "Refused", "Scored positive", "Scored negative", "AUC", "Sensitivity",
            "Specificity",
        ]
        return """
            <section><h2>Subgroups</h2><table><thead><tr>\
            \(head.map { "<th scope=\"col\">\($0)</th>" }.joined())</tr></thead><tbody>\(rows.joined(separator: "\n"))\
            </tbody></table>\(more.joined())
            <p class="m">* One class only: the AUC is against all images of the other class. A difference between \
            subgroups counts only where their intervals part.</p></section>
            """
    }

    var driftSection: String {
        guard let reference else {
            return "<section><h2>Drift</h2><p>There are no distributions to compare with: the model’s folder has no "
                + "evaluation of these weights, and no --reference was given.</p></section>"
        }
        guard !drift.isEmpty else {
            return
                "<section><h2>Drift against the reference</h2><p>There is nothing to compare: no image was scored, or "
                + "the reference has none of the same kind.</p></section>"
        }
        let rows = drift.map { each in
            "<tr><th scope=\"row\">\(EvaluationWords.measure(each.measure)), \(EvaluationWords.part(each.part))</th>"
                + "<td>\(each.drift.count)</td><td>\(MarkupText.number(each.medians[0], 2))</td>"
                + "<td>\(MarkupText.number(each.medians[1], 2))</td>"
                + "<td>\(MarkupText.number(each.drift.stabilityIndex, 3)) <span class=\"i\">chance to "
                + "\(MarkupText.number(each.drift.stabilityByChance, 3))</span></td>"
                + "<td>\(MarkupText.number(each.drift.distance, 3)) <span class=\"i\">p "
                + "\(each.drift.pValue < 0.001 ? "&lt; 0.001" : MarkupText.number(each.drift.pValue, 3))</span></td>"
                + "<td>\(EvaluationWords.verdict(each.drift.verdict))</td></tr>"
        }
        let here = Interval.wilson(distributions.refused, of: distributions.asked)
        let there = Interval.wilson(reference.refused, of: reference.asked)
        let head = [
            "Measure", "Images", "Median here", "Median there", "Stability index (PSI)", "Kolmogorov–Smirnov",
            "In words",
        ]
        return """
            <section><h2>Drift against the reference</h2><table><thead><tr>\
            \(head.map { "<th scope=\"col\">\($0)</th>" }.joined())</tr></thead><tbody>\(rows.joined(separator: "\n"))\
            </tbody></table>
            <p>Refused here: \(MarkupText.interval(here)); there: \(MarkupText.interval(there)). A rise tells of other \
            images, devices or headers before any figure does.</p></section>
            """
    }

    var outcomeSection: String {
        func rows(_ tallies: [Tally], _ kind: String) -> String {
            tallies.map {
                "<tr><td>\(kind)</td><th scope=\"row\"><code>\(MarkupText.escaped($0.code))</code></th>"
                    + "<td>\($0.count)</td><td>\(MarkupText.percent(Confusion.share($0.count, cases.count)))</td>"
                    + "<td>\($0.positives)</td><td>\($0.negatives)</td></tr>"
            }.joined(separator: "\n")
        }
        let unread = cases.filter { $0.error != nil }
        let list = unread.prefix(200).map { "\($0.row) (\(MarkupText.escaped($0.error ?? "")))" }
        let more = unread.count > list.count ? " and \(unread.count - list.count) more" : ""
        let left = "files of the folder stand in no row of the table and were left out."
        let told = rows(refusals, "refused") + rows(errors, "not read") + rows(caveats, "scored, with a caveat")
        let head = ["", "Code", "Files", "Share", "Positive", "Negative"]
        let table =
            told.isEmpty
            ? "<p>Every file was scored without reserve.</p>"
            : "<table><thead><tr>\(head.map { "<th scope=\"col\">\($0)</th>" }.joined())</tr></thead><tbody>\(told)"
                + "</tbody></table>"
        return """
            <section><h2>Refused, not read, with a caveat</h2>\(table)
            \(unread.isEmpty ? "" : "<p>Rows that were not read: \(list.joined(separator: ", "))\(more).</p>")
            \(filesWithoutRow == 0 ? "" : "<p>\(filesWithoutRow) \(left)</p>")
            <p class="m">A refusal is never a negative. Figures above do not count refused images.</p></section>
            """
    }

    var unlabelledSection: String {
        let decisions = ["positive", "indeterminate", "negative"].map { word in
            let count = cases.count { each in
                guard let score = each.score else { return false }
                return (score.decision.map { $0 ? "positive" : "negative" } ?? "indeterminate") == word
            }
            return "<tr><th scope=\"row\">\(word)</th><td>\(count)</td></tr>"
        }
        return """
            <section><h2>Answers</h2><p>There are no labels of both classes among the scored images: no figures, only \
            what the model said.</p><table><tbody>\(decisions.joined())</tbody></table></section>
            """
    }
}
