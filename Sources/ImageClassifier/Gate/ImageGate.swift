internal import JSON

/// Decides from the image whether it may be scored: whether it is an upright chest with black as air, and whether it
/// resembles those of the training.
///
/// A small network, trained on the training radiographs in every pose and on pictures of nothing radiological, sorts
/// the image into classes; each class but the first is a refusal once its score exceeds that of the first by more than
/// the class's limit. An image that passes is compared with the training by two Mahalanobis distances: of the last map
/// of that network, and of the pooled features that the score is made of. The limits come from validation images. The
/// confidence of the score itself is useless for this purpose.
struct ImageGate: Sendable {
    /// A class of the network that is refused.
    struct Class: Sendable, Equatable {
        let name: String
        let refusal: RefusalCode
        /// How much its score may exceed that of the accepted class.
        let limit: Double
    }

    private let network: Network
    private let side: Int
    private let scores: LinearScores
    private let classes: [Class]
    private let likeness: MahalanobisDistance
    private let pooled: MahalanobisDistance

    /// Reads `gate.…` of a weights file.
    ///
    /// Throws `weightsIncomplete` with the name of what is missing or does not fit, and what `Architecture` and
    /// `Network` throw.
    init(file: Safetensors) throws(ClassifierError) {
        let metadata = WeightsMetadata(values: file.metadata)
        let architecture = try Architecture(json: try metadata.json("gate.architecture"))
        guard architecture.channels == 1, architecture.side == (try metadata.side()) else {
            throw ClassifierError(.weightsIncomplete, "gate.architecture")
        }
        network = try Network(architecture, prefix: "gate.pose", tensors: file.tensors)
        side = architecture.side
        guard let map = network([Float](repeating: 0, count: side * side)) else {
            throw ClassifierError(.weightsIncomplete, "gate.pose")
        }
        classes = try Self.classes(try metadata.json("gate.classes"))
        scores = try LinearScores(
            tensors: file.tensors, name: "gate.scores", inputs: map.values.count, outputs: classes.count + 1)
        likeness = try MahalanobisDistance(file, name: "likeness", limit: try metadata.number("gate.likenessLimit"))
        pooled = try MahalanobisDistance(file, name: "pooled", limit: try metadata.number("gate.pooledLimit"))
        guard likeness.dimensions == map.values.count else {
            throw ClassifierError(.weightsIncomplete, "gate.likeness.mean")
        }
    }

    /// How many pooled features the gate compares.
    var features: Int { pooled.dimensions }

    /// Why a prepared image is refused; `nil` where it may be scored. An input or features of another size, or without
    /// a finite result, are refused as unlike the training.
    func refusal(input: [Float], pooled features: [Double]) -> RefusalCode? {
        guard let map = network(input)?.values.map(Double.init), features.count == pooled.dimensions else {
            return .imageNotLikeTraining
        }
        if let pose = pose(map) { return pose.refusal }
        return likeness.accepts(map) && pooled.accepts(features) ? nil : .imageNotLikeTraining
    }

    /// The class that exceeds its limit most, the first of equals; `nil` where none does.
    private func pose(_ map: [Double]) -> Class? {
        let scores = scores(map)
        var worst: (excess: Double, found: Class)?
        for (index, each) in classes.enumerated() {
            let excess = scores[index + 1] - scores[0] - each.limit
            if excess > worst?.excess ?? 0 { worst = (excess, each) }
        }
        return worst?.found
    }

    private static func classes(_ json: JSONValue) throws(ClassifierError) -> [Class] {
        let wrong = ClassifierError(.weightsIncomplete, "gate.classes")
        guard let list = json.array, (2...32).contains(list.count), list[0]["refusal"] == nil else { throw wrong }
        return try list.dropFirst().map { entry throws(ClassifierError) in
            guard let name = entry["name"]?.string,
                let refusal = entry["refusal"]?.string.flatMap(RefusalCode.init(rawValue:)),
                let limit = entry["limit"]?.number?.double, limit.isFinite
            else { throw wrong }
            return Class(name: name, refusal: refusal, limit: limit)
        }
    }
}
