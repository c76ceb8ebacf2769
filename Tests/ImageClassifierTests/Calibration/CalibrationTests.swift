import Testing

@testable import ImageClassifier

@Suite struct CalibrationTests {
    @Test func `the probability is the logistic function of slope times logit plus intercept`() throws {
        let calibration = try #require(make())
        #expect(calibration.probability(-0.5) == 0.5)
        #expect(abs(calibration.probability(1) - 0.9525741268224334) < 1e-15)
    }

    @Test(arguments: [
        (0.0, Decision.negative), (0.2, .negative), (0.2000001, .indeterminate), (0.5, .indeterminate),
        (0.7999, .indeterminate), (0.8, .positive), (1, .positive),
    ])
    func `between the limits the model does not decide`(probability: Double, decision: Decision) throws {
        #expect(try #require(make()).decision(probability) == decision)
    }

    @Test func `limits in the wrong order and a falling slope are refused`() {
        #expect(make(slope: -1) == nil)
        #expect(make(slope: .nan) == nil)
        #expect(make(negative: 0.6) == nil)
        #expect(make(positive: 0.4) == nil)
        #expect(make(positive: 1) == nil)
    }

    private func make(slope: Double = 2, negative: Double = 0.2, positive: Double = 0.8) -> Calibration? {
        Calibration(slope: slope, intercept: 1, threshold: 0.5, negativeLimit: negative, positiveLimit: positive)
    }
}
