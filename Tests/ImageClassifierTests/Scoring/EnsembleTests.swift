import Testing

@testable import ImageClassifier

@Suite struct EnsembleTests {
    @Test("the mean of the map plus the bias is the mean of the members' logits, to the last few ulp", arguments: 1...5)
    func exact(count: Int) throws {
        let ensemble = try Toy.ensemble(count)
        for seed in 1...20 {
            let image = Toy.image(seed)
            let score = try #require(ensemble.score(image))
            // What a reader would compute by hand: pooled features times weights plus bias, for both sides.
            let mirrored = try #require(Ensemble.mirrored(image, side: Toy.side))
            var logits: [Double] = []
            for member in ensemble.members {
                for view in [image, mirrored] {
                    let pooled = try #require(member.features(view)).pooled()
                    let terms = zip(pooled, member.weights).map { $0 * Double($1) }
                    logits.append(terms.reduce(0, +) + Double(member.bias))
                }
            }
            let expected = logits.reduce(0, +) / Double(logits.count)
            let largest = score.map.values.map(abs).max() ?? 0
            #expect(abs(score.logit - expected) <= 16 * max(largest, abs(expected), 1).ulp)
            #expect(score.logit == score.map.values.reduce(0, +) / Double(score.map.values.count) + score.map.bias)
        }
    }

    @Test func `a mirror image has the mirrored map and the same score`() throws {
        for count in 1...3 {
            let ensemble = try Toy.ensemble(count)
            let image = Toy.image(7)
            let mirrored = try #require(Ensemble.mirrored(image, side: Toy.side))
            let (one, other) = (try #require(ensemble.score(image)), try #require(ensemble.score(mirrored)))
            for (value, turned) in zip(one.map.values, other.map.mirrored().values) {
                #expect(abs(value - turned) <= 8 * max(abs(value), 1).ulp)
            }
            #expect(abs(one.logit - other.logit) <= 16 * max(abs(one.logit), 1).ulp)
            #expect(one.map != other.map, "the toy members see a difference between left and right")
        }
    }

    @Test func `the map of a member is one product and sum per place; a head of another width is refused`() throws {
        let member = Ensemble.Member(features: { _ in nil }, weights: [2, -1], bias: 0.5)
        let features = FeatureMap(rows: 1, columns: 2, channels: 2, values: [1, 3, 5, 7])
        #expect(
            member.activation(features) == ActivationMap(rows: 1, columns: 2, values: [-1, 3], bias: 0.5))
        #expect(member.activation(FeatureMap(rows: 1, columns: 1, channels: 3, values: [1, 2, 3])) == nil)
    }

    @Test func `each member sees image, mirror image and framings, in this order`() throws {
        let ensemble = try Toy.ensemble(2)
        let image = Toy.image(1)
        let framings = [Toy.image(2), Toy.image(3)]
        let score = try #require(ensemble.score(image, framings: framings))
        #expect(score.networks == 2)
        #expect(score.views == 4)
        let mirrored = try #require(Ensemble.mirrored(image, side: Toy.side))
        let expected = try ensemble.members.flatMap { member in
            try [image, mirrored, framings[0], framings[1]].map { view in
                try #require(member.features(view).flatMap(member.activation)).logit
            }
        }
        #expect(score.logits == expected)
    }

    @Test func `framings move the spread and never the score, the map or what the gate sees`() throws {
        let ensemble = try Toy.ensemble(3)
        let plain = try #require(ensemble.score(Toy.image(1)))
        let framed = try #require(ensemble.score(Toy.image(1), framings: [Toy.image(9)]))
        #expect(framed.map == plain.map)
        #expect(framed.pooled == plain.pooled)
        #expect(framed.logits.count == plain.logits.count + 3)
    }

    @Test func `what the gate sees is the unmirrored image, member after member`() throws {
        let ensemble = try Toy.ensemble(2)
        let image = Toy.image(4)
        let expected = try ensemble.members.flatMap { try #require($0.features(image)).pooled() }
        #expect(try #require(ensemble.score(image)).pooled == expected)
    }

    @Test func `the same image gives the same bits`() throws {
        let ensemble = try Toy.ensemble(3)
        let framings = [Toy.image(5)]
        #expect(ensemble.score(Toy.image(4), framings: framings) == ensemble.score(Toy.image(4), framings: framings))
    }

    @Test func `an image or a framing of another size has no score, and an ensemble has members`() throws {
        let ensemble = try Toy.ensemble(1)
        #expect(ensemble.score([1, 2, 3]) == nil)
        #expect(ensemble.score(Toy.image(1), framings: [[1]]) == nil)
        #expect(Ensemble(members: [], side: 96) == nil)
        #expect(Ensemble.mirrored([1, 2, 3, 4], side: 2) == [2, 1, 4, 3])
        #expect(Ensemble.mirrored([1, 2, 3], side: 2) == nil)
    }
}

/// Small members whose answers depend on where things are.
enum Toy {
    static let side = 12
    private static let cells = 4
    private static let channels = 3

    static func image(_ seed: Int) -> [Float] {
        var random = SplitMix(state: UInt64(seed))
        return (0..<side * side).map { _ in Float.random(in: -2...2, using: &random) }
    }

    static func ensemble(_ count: Int) throws -> Ensemble {
        try #require(Ensemble(members: (0..<count).map(member), side: side))
    }

    static func member(_ seed: Int) -> Ensemble.Member {
        var random = SplitMix(state: UInt64(1_000 + seed))
        let weights = (0..<channels).map { _ in Float.random(in: -3...3, using: &random) }
        return Ensemble.Member(features: { features($0, seed) }, weights: weights, bias: Float(seed) * 0.25 - 0.3)
    }

    /// Rectified differences inside blocks, weighted by column so that left and right differ.
    private static func features(_ image: [Float], _ seed: Int) -> FeatureMap? {
        guard image.count == side * side else { return nil }
        let block = side / cells
        var values: [Float] = []
        for row in 0..<cells {
            for column in 0..<cells {
                for channel in 0..<channels {
                    var sum: Float = 0
                    for y in 0..<block {
                        for x in 0..<block {
                            let place = (row * block + y) * side + column * block + x
                            sum += image[place] * Float((x + 1) * (channel + 1) % 3 - (y + seed) % 2)
                        }
                    }
                    values.append(max(sum, 0))
                }
            }
        }
        return FeatureMap(rows: cells, columns: cells, channels: channels, values: values)
    }
}
