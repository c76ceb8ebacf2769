import JSON
import Sealing
import Testing

@testable import ImageClassifier

@Suite struct `The residual network` {
    /// One image of the vectors.
    struct Golden: Sendable {
        let seed: Int
        let rows: Int
        let columns: Int
        let maximum: Int
        let logit: Double
        let inputDigest: String

        init?(_ json: JSONValue) {
            guard let seed = json["seed"]?.int, let rows = json["rows"]?.int, let columns = json["columns"]?.int,
                let maximum = json["maximum"]?.int, let logit = json["logit"]?.string.flatMap({ Double($0) }),
                let digest = json["input"]?.string
            else { return nil }
            (self.seed, self.rows, self.columns) = (seed, rows, columns)
            (self.maximum, self.logit, inputDigest) = (maximum, logit, digest)
        }

        func prepared() throws -> [Float] {
            let values = formula(rows: rows, columns: columns, seed: seed, maximum: maximum)
            let bits = maximum == 255 ? 8 : maximum == 4095 ? 12 : 16
            return try Preprocessing.prepare(
                try frame(values, rows: rows, columns: columns, stored: bits), header: acceptedHeader()
            ).input
        }
    }

    private func golden() throws -> [Golden] {
        (try TestVectors().json["logits"]?.array ?? []).compactMap { Golden($0) }
    }

    @Test func `the vectors belong to the bundled weights`() throws {
        let digest = try TestVectors().json["weights"]?.string
        #expect(try Bundled.model().identity.weightsDigest == digest)
    }

    @Test func `preprocessing gives the bits that the independent runtime was given`() throws {
        let golden = try golden()
        #expect(golden.count == 12)
        for image in golden {
            let bytes = try image.prepared().flatMap { value in
                [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value.bitPattern >> $0) }
            }
            #expect(Digest.sha256(bytes).hex == image.inputDigest, "seed \(image.seed)")
        }
    }

    @Test func `agrees with ONNX Runtime on the same weights within 1e-4`() throws {
        let network = try Bundled.model().network
        for image in try golden() {
            let features = try #require(network.features(try image.prepared()))
            #expect(abs(network.activation(features).logit - image.logit) <= 1e-4, "seed \(image.seed)")
        }
    }

    @Test func `the mean of the class activation map plus bias is the logit of the pooled head`() throws {
        let network = try Bundled.model().network
        for image in try golden().prefix(4) {
            let features = try #require(network.features(try image.prepared()))
            let map = network.activation(features)
            let pooled = zip(features.pooled(), network.headWeights).reduce(Double(network.headBias)) {
                $0 + $1.0 * Double($1.1)
            }
            #expect(map.values.count == 36)
            #expect(map.logit == map.values.reduce(0, +) / 36 + map.bias)
            #expect(abs(map.logit - pooled) < 1e-12)
        }
    }

    @Test func `the same input gives the same bits again`() throws {
        let network = try Bundled.model().network
        let input = try golden()[0].prepared()
        #expect(network.features(input) == network.features(input))
    }

    @Test func `an input of another size is not computed`() throws {
        #expect(try Bundled.model().network.features([Float](repeating: 0, count: 95 * 96)) == nil)
    }
}
