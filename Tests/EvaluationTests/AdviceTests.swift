import JSON
import Testing

@testable import Evaluation

@Suite("Advice for a local prevalence")
struct AdviceTests {
    let golden: Golden
    let sample: ScoredSample

    init() throws {
        golden = try Golden()
        sample = ScoredSample(try golden.images())
    }

    @Test func `predictive values follow Bayes`() {
        let values = PredictiveValues(sensitivity: 0.9, specificity: 0.8, prevalence: 0.1)
        #expect(agree(values.positive, 0.09 / 0.27) && agree(values.negative, 0.72 / 0.73))
        #expect(PredictiveValues(sensitivity: 0, specificity: 1, prevalence: 0.1).positive == nil)
    }

    @Test func `predictive values at the sample's own prevalence are its counted ones`() throws {
        let confusion = Confusion(sample, threshold: 0.5)
        let values = PredictiveValues(
            sensitivity: try #require(confusion.sensitivity), specificity: try #require(confusion.specificity),
            prevalence: Double(sample.positives) / Double(sample.images.count))
        #expect(agree(values.positive, confusion.positivePredictiveValue))
        #expect(agree(values.negative, confusion.negativePredictiveValue))
    }

    @Test func `the threshold of least harm is where scikit-learn's curve has it`() throws {
        let wanted = try #require(golden.json["leastHarm"])
        let advice = try #require(
            ThresholdAdvice(
                sample, goal: .leastHarm(missesToAlarms: 10), prevalence: 0.1, bootstrap: Bootstrap(rounds: 200)))
        #expect(agree(advice.threshold.value, wanted["threshold"]?.number?.double))
        #expect(agree(advice.sensitivity, wanted["sensitivity"]?.number?.double))
        #expect(agree(advice.specificity, wanted["specificity"]?.number?.double))
        #expect(advice.warnings.contains(.fewCases))
        #expect(advice.threshold.lower <= advice.threshold.value && advice.threshold.value <= advice.threshold.upper)
    }

    @Test
    func `what is expected is the mean of unseen patients, lies in its range, and is what predictive values hold for`()
        throws
    {
        let rounds = Bootstrap(rounds: 200)
        let goal = ThresholdGoal.leastHarm(missesToAlarms: 10)
        let advice = try #require(ThresholdAdvice(sample, goal: goal, prevalence: 0.1, bootstrap: rounds))
        // The same drawings once more, counted by hand.
        var unseen: [Confusion] = []
        rounds.forEachDrawing(of: sample.patients) { counts in
            let drawn = OperatingCurve(sample.weighted(byPatient: counts))
            guard let point = ThresholdAdvice.choice(drawn, goal, 0.1) else { return }
            unseen.append(
                Confusion(sample.weighted(byPatient: counts.map { $0 == 0 ? 1 : 0 }), threshold: point.threshold))
        }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        let (sensitivity, specificity) = (advice.expected.sensitivity, advice.expected.specificity)
        #expect(agree(sensitivity.value, mean(unseen.compactMap(\.sensitivity))))
        #expect(agree(specificity.value, mean(unseen.compactMap(\.specificity))))
        #expect(sensitivity.lower < sensitivity.value && sensitivity.value < sensitivity.upper)
        #expect(specificity.lower < specificity.value && specificity.value < specificity.upper)
        // Seen images flatter: the harm that is expected is larger than that of the choice here.
        func harm(_ sensitivity: Double, _ specificity: Double) -> Double {
            0.1 * (1 - sensitivity) * 10 + 0.9 * (1 - specificity)
        }
        #expect(harm(sensitivity.value, specificity.value) > harm(advice.sensitivity, advice.specificity))
        let wanted = PredictiveValues(sensitivity: sensitivity.value, specificity: specificity.value, prevalence: 0.1)
        #expect(advice.predictiveValues == wanted && advice.predictiveValues(atPrevalence: 0.1) == wanted)
    }

    @Test func `a dearer miss never raises the threshold, and a rarer disease never lowers it`() throws {
        func threshold(_ ratio: Double, _ prevalence: Double) throws -> Double {
            let curve = OperatingCurve(sample)
            return try #require(ThresholdAdvice.choice(curve, .leastHarm(missesToAlarms: ratio), prevalence)).threshold
        }
        let byRatio = try [0.1, 1, 10, 100].map { try threshold($0, 0.1) }
        #expect(byRatio == byRatio.sorted(by: >))
        let byPrevalence = try [0.01, 0.1, 0.3, 0.6].map { try threshold(10, $0) }
        #expect(byPrevalence == byPrevalence.sorted(by: >))
    }

    @Test func `a target sensitivity is reached by the highest threshold that does`() throws {
        let curve = OperatingCurve(sample)
        let point = try #require(ThresholdAdvice.choice(curve, .sensitivity(0.9), 0.1))
        let index = try #require(curve.points.firstIndex(of: point))
        #expect(curve.sensitivity(point) >= 0.9 && curve.sensitivity(curve.points[index - 1]) < 0.9)
    }

    @Test func `a handful of cases brings the strongest warning`() throws {
        let few = ScoredSample(Array(try golden.images().prefix(30)))
        let advice = try #require(
            ThresholdAdvice(few, goal: .sensitivity(0.9), prevalence: 0.1, bootstrap: Bootstrap(rounds: 200)))
        #expect(advice.warnings.contains(.veryFewCases))
    }

    @Test func `moving the prior there and back changes nothing, and one half to one tenth is Bayes`() throws {
        let there = try #require(PriorShift(from: 0.5, to: 0.1))
        let back = try #require(PriorShift(from: 0.1, to: 0.5))
        #expect(agree(back.probability(there.probability(0.7)), 0.7))
        #expect(agree(there.probability(0.9), 0.9 * 0.1 / (0.9 * 0.1 + 0.1 * 0.9)))
        #expect(agree(there.offset, -back.offset))
        #expect(PriorShift(from: 0.5, to: 0) == nil && PriorShift(from: 1, to: 0.5) == nil)
    }
}
