import Testing

@testable import ImageClassifier

@Suite struct CalibrationTests {
    @Test func `the probability is the logistic function of slope times logit plus intercept`() throws {
        let calibration = try #require(make())
        #expect(calibration.probability(-0.5) == 0.5)
        #expect(abs(calibration.probability(1) - 0.9525741268224334) < 1e-15)
    }

    @Test func `the probability rises with the logit and stays between 0 and 1, however large the logit is`() throws {
        let calibration = try #require(make())
        let probabilities = stride(from: -60.0, through: 60, by: 0.37).map(calibration.probability)
        #expect(zip(probabilities, probabilities.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(calibration.probability(-1e6) == 0)
        #expect(calibration.probability(1e6) == 1)
    }

    @Test(
        "between the limits the model does not decide; the limits themselves are decided",
        arguments: [
            (0.0, Decision.negative, nil), (0.2, .negative, nil), (0.2000001, .indeterminate, .band),
            (0.5, .indeterminate, .band), (0.7999, .indeterminate, .band), (0.8, .positive, nil), (1, .positive, nil),
        ] as [(Double, Decision, IndeterminateReason?)])
    func band(probability: Double, decision: Decision, reason: IndeterminateReason?) throws {
        let result = try #require(make()).decision(probability, spread: spread(probability, probability))
        #expect(result == (decision, reason))
    }

    @Test(
        "a network or a view that reaches the opposite limit makes a decision indeterminate",
        arguments: [
            (0.9, 0.21, 0.95, Decision.positive, nil), (0.9, 0.2, 0.95, .indeterminate, .spread),
            (0.9, 0.01, 0.95, .indeterminate, .spread), (0.1, 0.05, 0.79, .negative, nil),
            (0.1, 0.05, 0.8, .indeterminate, .spread), (0.1, 0.05, 0.99, .indeterminate, .spread),
            (0.5, 0.01, 0.99, .indeterminate, .band),
        ] as [(Double, Double, Double, Decision, IndeterminateReason?)])
    func disagreement(
        probability: Double, lowest: Double, highest: Double, decision: Decision, reason: IndeterminateReason?
    ) throws {
        let result = try #require(make()).decision(probability, spread: spread(lowest, highest))
        #expect(result == (decision, reason))
    }

    @Test func `limits in the wrong order and a falling slope are refused`() {
        #expect(make(slope: -1) == nil)
        #expect(make(slope: .nan) == nil)
        #expect(make(negative: 0.6) == nil)
        #expect(make(positive: 0.4) == nil)
        #expect(make(positive: 1) == nil)
    }

    private func spread(_ lowest: Double, _ highest: Double) -> Spread {
        Spread(lowest: lowest, highest: highest, deviation: 0.1, networks: 3, views: 7)
    }

    private func make(slope: Double = 2, negative: Double = 0.2, positive: Double = 0.8) -> Calibration? {
        Calibration(slope: slope, intercept: 1, threshold: 0.5, negativeLimit: negative, positiveLimit: positive)
    }
}
