import Foundation
import FoundationXML
import JSON
import Testing

@testable import Evaluation

@Suite("Report of an evaluation")
struct ReportTests {
    static let model = EvaluatedModel(
        id: "m", version: "2", title: "A <model> & its \"name\"", weightsSHA256: String(repeating: "ab", count: 32),
        preprocessing: "2", attribution: "somebody")

    /// Cases with everything that can become of a file.
    static func cases() throws -> [EvaluatedCase] {
        var cases: [EvaluatedCase] = []
        for (index, image) in try Golden().images().enumerated() {
            let p = image.probability
            cases.append(
                EvaluatedCase(
                    row: index + 2, digest: String(repeating: "0", count: 64), label: image.label,
                    patient: String(image.patient),
                    subgroups: [index % 3 == 0 ? "A" : "<B>", image.label ? "yes" : "no"],
                    caveats: index % 10 == 0 ? ["viewMissing"] : [],
                    outcome: .scored(
                        EvaluatedCase.Score(
                            logit: LogisticRecalibration.logit(p), probability: p, spread: (p * 0.9, p, 0.2),
                            decision: image.decision))))
        }
        cases.append(
            EvaluatedCase(
                row: 900, digest: "1", label: true, patient: "x", subgroups: ["A", "yes"],
                outcome: .refused(code: "ageOutOfRange")))
        cases.append(
            EvaluatedCase(
                row: 901, digest: nil, label: false, patient: "y", subgroups: ["A", "no"],
                outcome: .unread(code: "dicom.notDICOM")))
        return cases
    }

    static func evaluation(_ cases: [EvaluatedCase]) -> LocalEvaluation {
        var setting = EvaluationSetting(
            threshold: 0.5, indeterminate: 0.2...0.8, prevalence: 0.1, bootstrap: Bootstrap(rounds: 200),
            subgroups: ["device", "truth"])
        setting.goal = .leastHarm(missesToAlarms: 5)
        return LocalEvaluation(
            cases, of: model, setting: setting, filesWithoutRow: 3, reference: MeasuredDistributions(cases))
    }

    @Test func `the same cases give the same bytes`() throws {
        let (first, second) = (Self.evaluation(try Self.cases()), Self.evaluation(try Self.cases()))
        #expect(first.json.serialized() == second.json.serialized())
        #expect(first.page == second.page)
    }

    @Test func `no file is dropped: every case is a row, and the counts add up`() throws {
        let json = Self.evaluation(try Self.cases()).json
        let counts = try #require(json["counts"])
        func count(_ key: String) -> Int { counts[key]?.int ?? -1 }
        #expect(json["rows"]?.array?.count == 162)
        #expect(count("files") == count("scored") + count("refused") + count("unread"))
        #expect(count("refused") == 1 && count("unread") == 1 && count("filesWithoutRow") == 3)
        #expect(json["refusals"]?[0]?["code"]?.string == "ageOutOfRange")
        #expect(json["unread"]?[0]?["code"]?.string == "dicom.notDICOM")
    }

    @Test func `the page is well formed, loads nothing, names every chart and escapes what comes from outside`() throws
    {
        let page = Self.evaluation(try Self.cases()).page
        if let path = ProcessInfo.processInfo.environment["IMAGING_GATEWAY_EVALUATION_PAGE"] {
            try Data(page.utf8).write(to: URL(fileURLWithPath: path))
        }
        let xml = page.replacing("<!DOCTYPE html>", with: "").replacing(#/<meta [^>]*>/#, with: "")
            .replacing("<br>", with: "")
        let parser = XMLParser(data: Data(xml.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError)) line \(parser.lineNumber)")
        #expect(!page.contains("src=") && !page.contains("href=") && !page.contains("url("))
        #expect(page.count(of: "<svg role=\"img\"") == 5 && page.count(of: "<desc") == 5)
        #expect(page.contains("A &lt;model&gt; &amp; its &quot;name&quot;") && page.contains("&lt;B&gt;"))
        #expect(page.contains("Not for clinical use"))
        let order = ["Precision–recall curve</h3>", "ROC curve</h3>", "Calibration</h3>"].map {
            page.range(of: $0)?.lowerBound
        }
        #expect(order.compactMap(\.self).count == 3 && order.compactMap(\.self) == order.compactMap(\.self).sorted())
    }

    @Test func `without labels there are answers, refusals and drift, and no figures`() throws {
        let cases = try Self.cases().map {
            EvaluatedCase(row: $0.row, digest: $0.digest, label: nil, patient: $0.patient, outcome: $0.outcome)
        }
        let evaluation = Self.evaluation(cases)
        #expect(evaluation.figures.isEmpty && evaluation.advice == nil)
        #expect(evaluation.page.contains("no figures") && !evaluation.page.contains("<svg"))
        #expect(evaluation.drift.map(\.part) == [.all, .all])
    }

    @Test func `an image compared with itself has not drifted`() throws {
        let evaluation = Self.evaluation(try Self.cases())
        #expect(evaluation.drift.count == 4)
        #expect(evaluation.drift.allSatisfy { $0.drift.verdict == .withinChance })
        #expect(try MeasuredDistributions(json: evaluation.json["distributions"] ?? .null).refused == 1)
    }

    @Test func `one patient: no interval on the page, null limits in the file, and the page says why`() throws {
        let cases = try Self.cases().map {
            EvaluatedCase(row: $0.row, digest: $0.digest, label: $0.label, patient: "1", outcome: $0.outcome)
        }
        let evaluation = Self.evaluation(cases)
        #expect(evaluation.json["figures"]?["auc"]?["value"]?.number != nil)
        #expect(evaluation.json["figures"]?["auc"]?["lower"] == .null)
        #expect(evaluation.page.contains("They have no intervals: with 1 of the 10 patients"))
        #expect(evaluation.page.contains("too few patients") && !evaluation.page.contains("The band holds"))
        #expect(evaluation.bands == nil && evaluation.advice == nil)
    }

    @Test func `a row whose file is missing brings no patient`() throws {
        let evaluation = Self.evaluation(try Self.cases())
        // The patient of the refused image counts, that of the one that was not read does not.
        #expect(evaluation.patients == evaluation.sample.patients + 1)
        #expect(evaluation.json["counts"]?["patients"]?.int == evaluation.patients)
    }

    @Test func `subgroups that are not told are counted`() throws {
        let cases = try Self.cases().enumerated().map { index, each in
            EvaluatedCase(
                row: each.row, digest: each.digest, label: each.label, patient: each.patient,
                subgroups: ["device \(index % 34)", "x"], outcome: each.outcome)
        }
        let evaluation = Self.evaluation(cases)
        #expect(evaluation.subgroups.count == 31)
        #expect(evaluation.json["subgroupsLeftOut"] == [["column": "device", "values": 4]])
        #expect(evaluation.page.contains("Column device: 4 more values are not told"))
    }

    @Test func `a seed is written as it was given`() throws {
        var setting = Self.evaluation([]).setting
        setting.bootstrap = Bootstrap(rounds: 200, seed: .max)
        let json = LocalEvaluation([], of: Self.model, setting: setting).json
        #expect(json["setting"]?["bootstrap"]?["seed"]?.string == "18446744073709551615")
    }

    @Test func `where nothing was read the page says so and has no empty table`() throws {
        let page = Self.evaluation(try Self.cases().filter { $0.error != nil }).page
        #expect(page.contains("There is nothing to compare") && !page.contains("<tbody></tbody>"))
    }

    @Test func `the page tells that the spread too leaves images undecided`() throws {
        let page = Self.evaluation(try Self.cases()).page
        #expect(page.contains("nor where its networks and views disagree"))
        #expect(page.contains("decide, nor outside them where its networks and views disagree"))
    }

    @Test func `a subgroup of one class gets its area against all of the other`() throws {
        let evaluation = Self.evaluation(try Self.cases())
        let groups = evaluation.subgroups
        #expect(groups.map(\.value) == ["<B>", "A", "no", "yes"])
        #expect(groups.map(\.isAgainstAll) == [false, false, true, true])
        let all = try #require(evaluation.figures[.auc]?.value)
        #expect(agree(groups[2].figures[.auc]?.value, all) && agree(groups[3].figures[.auc]?.value, all))
        #expect(groups[2].figures[.sensitivity] == nil && groups[2].figures[.specificity] != nil)
    }
}

extension String {
    fileprivate func count(of part: String) -> Int { ranges(of: part).count }
}
