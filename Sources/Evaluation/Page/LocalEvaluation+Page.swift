extension LocalEvaluation {
    /// The report as one HTML page that loads nothing: for a browser, a printer and a reader of the screen.
    public var page: String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>Local validation: \(MarkupText.escaped(model.title))</title>
        <style>\(PageStyle.sheet)</style></head><body>
        <p class="banner" role="note"><strong>Not a medical device. Not for clinical use.</strong> This page tells how a \
        demonstration model did on the images below. It is no approval.</p>
        <main>
        \(sections.joined(separator: "\n"))
        </main></body></html>

        """
    }

    private var sections: [String] {
        guard isLabelled else { return [head, unlabelledSection, outcomeSection, driftSection, foot] }
        return [
            head, figuresSection, chartsSection, adviceSection, subgroupSection, driftSection, outcomeSection, foot,
        ]
    }

    private var head: String {
        let scored = cases.count { $0.score != nil }
        let facts = [
            ("files", "\(cases.count)"), ("patients", "\(patients)"),
            ("scored", "\(scored)"), ("refused", "\(cases.count { $0.refusal != nil })"),
            ("not read", "\(cases.count { $0.error != nil })"),
        ]
        let labels = cases.contains { $0.label != nil }
        let truth =
            labels
            ? [
                ("positive", "\(cases.count { $0.label == true })"),
                ("negative", "\(cases.count { $0.label == false })"),
            ] : []
        let tiles = (facts + truth).map { "<div><b>\($0.1)</b><span>\($0.0)</span></div>" }.joined()
        let gate =
            setting.gatesImages
            ? "" : " The image gate was switched off: these are figures of the network, not of the product."
        return """
            <header><h1>Local validation</h1>
            <p class="m">\(MarkupText.escaped(model.title)) · <code>\(MarkupText.escaped(model.id)) \
            \(MarkupText.escaped(model.version))</code> · weights <code>\(model.weightsSHA256.prefix(16))…</code> · \
            preprocessing \(MarkupText.escaped(model.preprocessing))</p>
            <div class="tiles">\(tiles)</div>
            <p>\(intervalWords)\(gate)</p></header>
            """
    }

    private var intervalWords: String {
        let fewest = Bootstrap.fewestPatients
        guard isLabelled else { return "These are the model’s answers; there are no figures." }
        guard sample.patients >= fewest else {
            return "Figures are of the scored images. <strong>They have no intervals: with \(sample.patients) of the "
                + "\(fewest) patients that are needed, nobody can tell how far they lie off. They show that the way "
                + "works, not how the model does.</strong>"
        }
        return "Figures are of the scored images. Behind each stands its 95 % interval: \(setting.bootstrap.rounds) "
            + "drawings of patients with replacement, seed \(setting.bootstrap.seed). “No interval” stands where every "
            + "drawing gives the same, or a subgroup has fewer than \(fewest) patients: that is no certainty."
    }

    private var figuresSection: String {
        let rows = Figure.allCases.map { name in
            "<tr><th scope=\"row\">\(EvaluationWords.name(name, setting))</th>"
                + "<td>\(MarkupText.estimate(figures[name]))</td></tr>"
        }
        let half = (rows.count + 1) / 2
        func table(_ rows: ArraySlice<String>) -> String {
            "<table><thead><tr><th scope=\"col\">Figure</th><th scope=\"col\">Value (95 % interval)</th></tr></thead>"
                + "<tbody>\(rows.joined())</tbody></table>"
        }
        return """
            <section><h2>Figures</h2>
            <p>Sensitivity, specificity, predictive values and accuracy are those of a forced answer at the threshold \
            \(MarkupText.number(setting.threshold, 2)). The model itself does not decide between \
            \(MarkupText.number(setting.indeterminate.lowerBound, 2)) and \
            \(MarkupText.number(setting.indeterminate.upperBound, 2)), nor where its networks and views disagree. \
            Predictive values and accuracy hold for the share of positives among these images only (\(MarkupText.percent(shareOfPositives))).</p>
            <div class="two">\(table(rows[..<half]))\(table(rows[half...]))</div></section>
            """
    }

    private var shareOfPositives: Double? {
        Confusion.share(sample.positives, sample.positives + sample.negatives)
    }

    private var chartsSection: String {
        let band =
            bands == nil ? "There are too few patients for a band." : "The band holds 95 of 100 draws of patients."
        let words = [
            "\(band) The orange dot is the threshold. Read this curve first where "
                + "the finding is rare: it shows what a call is worth.",
            "The same threshold as an orange dot. The area does not depend on the prevalence.",
            "Bars are 95 % intervals (Wilson). Below the diagonal the model says too much: it is calibrated for a "
                + "prevalence of \(MarkupText.number(setting.calibratedFor, 2)). "
                + (recalibration.map(EvaluationWords.recalibration) ?? ""),
            "Blue and left: negatives. Orange and right: positives. Between the limits the model does not "
                + "decide, nor outside them where its networks and views disagree.",
            "For a forced answer at the threshold. Blue: a call is right. Orange, dashed: its absence is right. Dotted: "
                + "the prevalence of this report, \(MarkupText.percent(prevalence)).",
        ]
        let charts = [
            precisionRecallChart, receiverChart, calibrationChart, histogramChart, predictiveValuesChart,
        ]
        let figures = zip(charts, words).enumerated().map { index, each in
            "<figure><h3>\(each.0.title)</h3>\(each.0.svg(id: "chart\(index)"))"
                + "<figcaption>\(each.1)</figcaption></figure>"
        }
        return "<section><h2>Curves</h2><div class=\"charts\">\(figures.joined(separator: "\n"))\(confusionFigure)"
            + "</div></section>"
    }

    private var confusionFigure: String {
        func cell(_ count: Int, _ total: Int, _ isRight: Bool) -> String {
            "<td class=\"\(isRight ? "right" : "wrong")\"><b>\(count)</b>"
                + "<span>\(MarkupText.percent(Confusion.share(count, total)))</span></td>"
        }
        let (positives, negatives) = (sample.positives, sample.negatives)
        return """
            <figure><h3>Confusion at \(MarkupText.number(setting.threshold, 2))</h3>
            <table class="confusion"><thead><tr><td></td><th scope="col">called positive</th>\
            <th scope="col">not called</th></tr></thead><tbody>
            <tr><th scope="row">positive<br>(\(positives))</th>\(cell(confusion.truePositives, positives, true))\
            \(cell(confusion.falseNegatives, positives, false))</tr>
            <tr><th scope="row">negative<br>(\(negatives))</th>\(cell(confusion.falsePositives, negatives, false))\
            \(cell(confusion.trueNegatives, negatives, true))</tr></tbody></table>
            <figcaption>Shares are of the row: the top left is the sensitivity, the bottom right the \
            specificity.</figcaption></figure>
            """
    }

    private var foot: String {
        """
        <footer><p>\(MarkupText.escaped(model.attribution))</p><p>Made by imaging-gateway from \
        <code>evaluation.json</code>, which has every row. No identifier and no file name stands here or there.</p>\
        </footer>
        """
    }
}
