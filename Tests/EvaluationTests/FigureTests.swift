import JSON
import Testing

@testable import Evaluation

@Suite("Figures against scikit-learn, SciPy and NumPy")
struct FigureTests {
    let golden: Golden
    let sample: ScoredSample

    init() throws {
        golden = try Golden()
        sample = ScoredSample(try golden.images())
    }

    @Test func `the generator gives the numbers of SplitMix64`() throws {
        var generator = SplitMix64(seed: 1_234_567)
        let numbers = try #require(golden.json["splitMix64"]?["numbers"]?.array).map(\.string)
        #expect(numbers.map { _ in String(generator.next()) } == numbers)
    }

    @Test func `every figure and its interval are those of scikit-learn on the same drawings of patients`() throws {
        let found = Bootstrap(rounds: 200, seed: 7).intervals(sample) { $0.figures(threshold: 0.5, specificity: 0.88) }
        let wanted = try #require(golden.json["figures"]?.object)
        #expect(Set(found.keys.map(\.rawValue)) == Set(wanted.keys))
        for (name, values) in wanted {
            let figure = try #require(Figure(rawValue: name).flatMap { found[$0] })
            let three = try #require(values.array).compactMap { $0.number?.double }
            #expect(agree(figure.value, three[0]), "\(name)")
            #expect(agree(figure.interval?.lower, three[1]), "\(name), lower")
            #expect(agree(figure.interval?.upper, three[2]), "\(name), upper")
        }
    }

    @Test func `with few patients figures have no interval, and the curves no bands`() throws {
        // 40 images of one patient: every drawing is the same, and says nothing of other patients.
        let images = try golden.images().prefix(40).map {
            ScoredImage(probability: $0.probability, label: $0.label, patient: 0, decision: $0.decision)
        }
        for patients in [1, Bootstrap.fewestPatients - 1, Bootstrap.fewestPatients] {
            let sample = ScoredSample(
                images.enumerated().map { index, image in
                    ScoredImage(
                        probability: image.probability, label: image.label, patient: index % patients,
                        decision: image.decision)
                })
            let figures = Bootstrap(rounds: 200).intervals(sample) { $0.figures(threshold: 0.5, specificity: 0.88) }
            let isEnough = patients == Bootstrap.fewestPatients
            #expect(figures[.auc]?.value == OperatingCurve(sample).areaUnderROC)
            #expect((figures[.auc]?.interval != nil) == isEnough, "\(patients) patients")
            #expect((CurveBands(sample, Bootstrap(rounds: 200)) != nil) == isEnough)
            let advice = ThresholdAdvice(
                sample, goal: .sensitivity(0.9), prevalence: 0.1, bootstrap: Bootstrap(rounds: 200))
            #expect((advice != nil) == isEnough)
        }
    }

    @Test func `where every drawing gives the same, an interval without width is not told`() {
        let images = (0..<40).map { index in
            ScoredImage(
                probability: index < 20 ? 0.1 : 0.9, label: index >= 20, patient: index, decision: index >= 20)
        }
        let figures = Bootstrap(rounds: 200).intervals(ScoredSample(images)) {
            $0.figures(threshold: 0.5, specificity: 0.88)
        }
        #expect(figures[.auc] == Estimate(value: 1, interval: nil))
        #expect(figures[.sensitivity] == Estimate(value: 1, interval: nil))
        // The share of positives differs from drawing to drawing, and the predictive values with it do not.
        #expect(figures[.positivePredictiveValue] == Estimate(value: 1, interval: nil))
    }

    @Test func `every point of the ROC curve is scikit-learn's`() throws {
        let curve = OperatingCurve(sample)
        let wanted = try golden.rows("roc")
        #expect(curve.points.count == wanted.count + 1)
        for (point, row) in zip(curve.points.dropFirst(), wanted) {
            #expect(point.threshold == row[0])
            #expect(agree(curve.sensitivity(point), row[1]) && agree(1 - curve.specificity(point), row[2]))
        }
    }

    @Test func `every point of the precision–recall curve is scikit-learn's`() throws {
        let curve = OperatingCurve(sample)
        let wanted = Dictionary(
            try golden.rows("precisionRecall").map { ($0[0], ($0[1], $0[2])) }, uniquingKeysWith: { first, _ in first })
        for point in curve.points.dropFirst() {
            let row = try #require(wanted[point.threshold])
            #expect(agree(curve.precision(point), row.0) && agree(curve.sensitivity(point), row.1))
        }
    }

    @Test func `ties count half in the area, and the order of tied images changes nothing`() {
        func image(_ probability: Double, _ label: Bool) -> ScoredImage {
            ScoredImage(probability: probability, label: label, patient: 0, decision: nil)
        }
        let images = [image(0.9, true), image(0.8, true), image(0.8, false), image(0.1, false)]
        #expect(OperatingCurve(ScoredSample(images)).areaUnderROC == 0.875)
        #expect(OperatingCurve(ScoredSample(images)) == OperatingCurve(ScoredSample(images.reversed())))
        #expect(OperatingCurve(ScoredSample(images.map { image(0.5, $0.label) })).areaUnderROC == 0.5)
    }

    @Test func `a weight counts as that many images`() throws {
        let images = try golden.images()
        let counts = (0..<sample.patients).map { $0 % 3 }
        let repeated = images.flatMap { Array(repeating: $0, count: counts[$0.patient]) }
        let figures = sample.weighted(byPatient: counts).figures(threshold: 0.5, specificity: 0.88)
        let wanted = ScoredSample(repeated).figures(threshold: 0.5, specificity: 0.88)
        for name in Figure.allCases { #expect(agree(figures[name], wanted[name]), "\(name)") }
    }

    @Test func `slope and intercept of the recalibration are those of an unpenalised logistic regression`() throws {
        let wanted = try golden.numbers("recalibration")
        let found = try #require(LogisticRecalibration(sample))
        #expect(agree(found.slope, wanted[0], within: 1e-5) && agree(found.intercept, wanted[1], within: 1e-5))
    }

    @Test func `where a threshold separates the classes there is no recalibration`() {
        let images = (0..<40).map { index in
            ScoredImage(
                probability: Double(index) / 40 + 0.01, label: index >= 20, patient: index, decision: nil)
        }
        #expect(LogisticRecalibration(ScoredSample(images)) == nil)
    }

    @Test func `Wilson's intervals are SciPy's`() throws {
        for row in try golden.rows("wilson") {
            let found = try #require(Interval.wilson(Int(row[0]), of: Int(row[1])))
            #expect(agree(found.lower, row[2]) && agree(found.upper, row[3]))
        }
    }

    @Test func `one class alone has no area, no precision and no advice, and nothing fails`() throws {
        let images = try golden.images().filter(\.label)
        let figures = ScoredSample(images).figures(threshold: 0.5, specificity: 0.88)
        #expect(figures[.auc] == nil && figures[.averagePrecision] == nil && figures[.specificity] == nil)
        #expect(figures[.sensitivity] != nil)
        let sample = ScoredSample(images)
        #expect(ThresholdAdvice(sample, goal: .sensitivity(0.9), prevalence: 0.1, bootstrap: Bootstrap()) == nil)
        #expect(ScoredSample([ScoredImage]()).figures(threshold: 0.5, specificity: 0.88).isEmpty)
    }
}
