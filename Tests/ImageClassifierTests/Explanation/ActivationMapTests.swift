import Testing

@testable import ImageClassifier

@Suite struct `Activation map` {
    @Test func `between the centres of the regions the map runs linearly, beyond them it stays`() {
        let map = ActivationMap(rows: 1, columns: 2, values: [0, 4], bias: 0)
        let places = [0, 0.25, 0.375, 0.5, 0.75, 1]
        #expect(places.map { map.value(x: $0, y: 0.5) } == [0, 0, 1, 2, 4, 4])
        #expect([0, 0.5, 1].map { map.value(x: 0.25, y: $0) } == [0, 0, 0])
        #expect(map.logit == 2)
        let square = ActivationMap(rows: 2, columns: 2, values: [0, 2, 4, 10], bias: 0)
        #expect(square.value(x: 0.5, y: 0.5) == 4)
        #expect(square.value(x: 0.75, y: 0.5) == 6)
        #expect(ActivationMap(rows: 0, columns: 0, values: [], bias: 3).value(x: 0.5, y: 0.5) == 0)
    }

    @Test func `the mean of maps has the mean of their logits`() throws {
        let one = ActivationMap(rows: 1, columns: 2, values: [1, 3], bias: 0.5)
        let other = ActivationMap(rows: 1, columns: 2, values: [-1, 5], bias: 1.5)
        let mean = try #require(ActivationMap(mean: [one, other]))
        #expect(mean == ActivationMap(rows: 1, columns: 2, values: [0, 4], bias: 1))
        #expect(mean.logit == (one.logit + other.logit) / 2)
        #expect(ActivationMap(mean: [one]) == one)
    }

    @Test func `maps of different shapes and no maps have no mean`() {
        let one = ActivationMap(rows: 1, columns: 2, values: [1, 3], bias: 0)
        #expect(ActivationMap(mean: []) == nil)
        #expect(ActivationMap(mean: [one, ActivationMap(rows: 2, columns: 1, values: [1, 3], bias: 0)]) == nil)
    }

    @Test func `mirrored: left and right exchanged, twice is as before`() {
        let map = ActivationMap(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6], bias: 7)
        #expect(map.mirrored().values == [3, 2, 1, 6, 5, 4])
        #expect(map.mirrored().bias == 7)
        #expect(map.mirrored().mirrored() == map)
    }
}
