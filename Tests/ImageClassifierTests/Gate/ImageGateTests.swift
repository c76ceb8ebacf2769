import Testing

@testable import ImageClassifier

@Suite struct `Image gate` {
    @Test func `noise and an inverted chest-like image are refused`() throws {
        let model = try Bundled.model()
        let values = formula(rows: 224, columns: 224, seed: 1, maximum: 255)
        let image = try Preprocessing.prepare(
            try frame(values, rows: 224, columns: 224, stored: 8), header: acceptedHeader()
        ).input
        var random = SplitMix(state: 5)
        let noise = try #require(Standardise.apply(image.map { _ in Double(random.float()) }))
        for strange in [noise, image.map { -$0 }] {
            let features = try #require(model.network.features(strange))
            #expect(!model.imageGate.accepts(pooled: features.pooled(), input: strange))
        }
    }
}
