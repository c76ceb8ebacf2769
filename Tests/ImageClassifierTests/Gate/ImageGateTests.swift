import JSON
import Testing

@testable import ImageClassifier

@Suite struct `Image gate` {
    @Test func `noise is refused as unlike the training`() throws {
        let model = try Bundled.model()
        var random = SplitMix(state: 5)
        let side = model.architecture.side
        let noise = try #require(Standardise.apply((0..<(side * side)).map { _ in Double(random.float()) }))
        #expect(try model.verdict(noise) == .imageNotLikeTraining)
    }

    @Test func `an input or features of another size, or without a finite result, are refused`() throws {
        let model = try Bundled.model()
        let image = [Float](repeating: 0, count: model.architecture.side * model.architecture.side)
        let features = [Double](repeating: 0, count: model.imageGate.features)
        #expect(model.imageGate.refusal(input: [0], pooled: features) == .imageNotLikeTraining)
        #expect(model.imageGate.refusal(input: image, pooled: [1]) == .imageNotLikeTraining)
        #expect(model.imageGate.refusal(input: image.map { _ in .nan }, pooled: features) == .imageNotLikeTraining)
    }

    @Test(arguments: ["gate.architecture", "gate.classes", "gate.likenessLimit", "gate.pooledLimit"])
    func `a gate without one of its entries is refused`(name: String) throws {
        var files = try BundleFiles()
        try files.metadata(name, nil)
        #expect(throws: ClassifierError(.weightsIncomplete, name)) { try files.read() }
    }

    @Test(arguments: [
        "gate.pose.layer0.weight", "gate.scores.weight", "gate.scores.bias", "gate.likeness.mean",
        "gate.likeness.whitening", "gate.pooled.mean", "gate.pooled.whitening",
    ])
    func `a gate without one of its tensors is refused`(name: String) throws {
        var files = try BundleFiles()
        try files.header { header in
            header["other"] = header[name]
            header[name] = nil
        }
        #expect(throws: ClassifierError(.weightsIncomplete, name)) { try files.read() }
    }

    @Test(arguments: [
        "[]", #"[{"name":"upright"}]"#,
        #"[{"name":"upright","refusal":"imageRotated"},{"name":"x","refusal":"imageRotated","limit":0}]"#,
        #"[{"name":"upright"},{"name":"x"}]"#,
        #"[{"name":"upright"},{"name":"x","refusal":"imageUpsideDown","limit":0}]"#,
        #"[{"name":"upright"},{"name":"x","refusal":"imageRotated"}]"#,
        #"[{"name":"upright"},{"name":"x","refusal":"imageRotated","limit":1e999}]"#,
    ])
    func `classes that are not understood are refused`(classes: String) throws {
        var files = try BundleFiles()
        try files.metadata("gate.classes", classes)
        #expect(throws: ClassifierError(.weightsIncomplete, "gate.classes")) { try files.read() }
    }

    @Test func `a class without its score is refused`() throws {
        var files = try BundleFiles()
        try files.metadata(
            "gate.classes", #"[{"name":"upright"},{"name":"x","refusal":"imageRotated","limit":0}]"#)
        #expect(throws: ClassifierError(.weightsIncomplete, "gate.scores.weight")) { try files.read() }
    }

    @Test(arguments: [("0", ClassifierError.Code.weightsIncomplete), ("nan", .weightsNotFinite)])
    func `a limit that would stop nothing or everything is refused`(
        limit: String, code: ClassifierError.Code
    ) throws {
        var files = try BundleFiles()
        try files.metadata("gate.likenessLimit", limit)
        #expect(throws: ClassifierError(code, "gate.likenessLimit")) { try files.read() }
    }

    @Test func `a distance is the length of the whitened difference, and its limit belongs to the accepted`() throws {
        let file = try Self.file([("gate.d.mean", [2], [1, 2]), ("gate.d.whitening", [2, 2], [2, 0, 1, 3])])
        let distance = try MahalanobisDistance(file, name: "d", limit: 20.0.squareRoot())
        #expect(distance.distance([2, 3]) == 20.0.squareRoot())
        #expect(distance.accepts([2, 3]))
        #expect(!distance.accepts([2, 3.001]))
        #expect(!distance.accepts([.nan, 3]) && !distance.accepts([1]) && !distance.accepts([1, 2, 3]))
    }

    @Test func `scores are sums over the inputs plus a bias`() throws {
        let file = try Self.file([("s.weight", [2, 3], [1, 2, 3, 4, 5, 6]), ("s.bias", [3], [10, 20, 30])])
        let scores = try LinearScores(tensors: file.tensors, name: "s", inputs: 2, outputs: 3)
        #expect(scores([1, -1]) == [7, 17, 27])
        #expect(throws: ClassifierError(.weightsIncomplete, "s.weight")) {
            try LinearScores(tensors: file.tensors, name: "s", inputs: 3, outputs: 2)
        }
    }

    /// A weights file of a few tensors.
    private static func file(_ tensors: [(name: String, shape: [Int], values: [Float])]) throws -> Safetensors {
        var header = JSONObject()
        var data: [UInt8] = []
        for (name, shape, values) in tensors {
            let end = data.count + 4 * values.count
            header[name] = [
                "dtype": "F32", "shape": .array(shape.map { .number(JSONNumber($0)) }),
                "data_offsets": [.number(JSONNumber(data.count)), .number(JSONNumber(end))],
            ]
            for value in values {
                for byte in 0..<4 { data.append(UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32(byte)))) }
            }
        }
        let text = JSONValue.object(header).serialized()
        return try Safetensors(parsing: (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text + data)
    }
}

extension ModelBundle {
    /// What the image gate says of a standardised input.
    func verdict(_ input: [Float]) throws -> RefusalCode? {
        let score = try #require(ensemble.score(input))
        return imageGate.refusal(input: input, pooled: score.pooled)
    }
}
