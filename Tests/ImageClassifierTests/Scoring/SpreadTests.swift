import Testing

@testable import ImageClassifier

@Suite struct SpreadTests {
    private func calibration() throws -> Calibration {
        try #require(
            Calibration(slope: 1.3, intercept: -0.2, threshold: 0.5, negativeLimit: 0.2, positiveLimit: 0.8))
    }

    @Test func `the spread runs from the lowest to the highest probability and holds the probability itself`() throws {
        let calibration = try calibration()
        for count in 1...3 {
            for seed in 1...20 {
                let ensemble = try Toy.ensemble(count)
                let score = try #require(ensemble.score(Toy.image(seed), framings: [Toy.image(seed + 100)]))
                let spread = Spread(score, calibration: calibration)
                let all = score.logits.map(calibration.probability)
                #expect(spread.lowest == all.min())
                #expect(spread.highest == all.max())
                #expect(spread.lowest <= calibration.probability(score.logit))
                #expect(calibration.probability(score.logit) <= spread.highest)
                #expect(spread.networks == count)
                #expect(spread.views == 3)
                #expect(all.count == spread.networks * spread.views)
            }
        }
    }

    @Test func `one network that answers alike for every view has no spread`() throws {
        let member = Ensemble.Member(
            features: { _ in FeatureMap(rows: 1, columns: 1, channels: 1, values: [2]) }, weights: [1], bias: 0)
        let ensemble = try #require(Ensemble(members: [member], side: 1))
        let score = try #require(ensemble.score([0], framings: [[5]]))
        let spread = Spread(score, calibration: try calibration())
        #expect(spread.deviation == 0)
        #expect(spread.lowest == spread.highest)
    }

    @Test func `the deviation is that of the logits over their number, not one less`() throws {
        let score = Ensemble.Score(
            map: ActivationMap(rows: 1, columns: 1, values: [2], bias: 0), logits: [1, 2, 3, 6], pooled: [],
            networks: 2, views: 2)
        #expect(abs(Spread(score, calibration: try calibration()).deviation - 3.5.squareRoot()) < 1e-15)
    }
}
