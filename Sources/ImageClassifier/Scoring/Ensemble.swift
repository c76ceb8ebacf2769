/// The networks of a model that answer together.
///
/// The score is the mean over the members and over the image and its mirror image. As the last layer of each member is
/// linear in a map, that mean is again the mean of *one* map plus one bias: the explanation stays exact.
struct Ensemble: Sendable {
    /// One network and the linear layer that follows its average.
    struct Member: Sendable {
        /// The last feature map of a standardised image; `nil` for an image of another size.
        let features: @Sendable ([Float]) -> FeatureMap?
        /// Weight of each channel of that map in the logit.
        let weights: [Float]
        let bias: Float

        /// What each place of a feature map adds to the logit of this member.
        func activation(_ features: FeatureMap) -> ActivationMap? {
            guard features.channels == weights.count else { return nil }
            var values: [Double] = []
            values.reserveCapacity(features.rows * features.columns)
            for position in 0..<(features.rows * features.columns) {
                var sum = 0.0
                for channel in 0..<features.channels {
                    sum += Double(weights[channel]) * Double(features.values[position * features.channels + channel])
                }
                values.append(sum)
            }
            return ActivationMap(
                rows: features.rows, columns: features.columns, values: values, bias: Double(bias))
        }
    }

    /// What the members say of one image.
    struct Score: Sendable, Equatable {
        /// The mean map: its mean plus its bias is the logit.
        let map: ActivationMap
        /// The logit of each member for each view, member by member: the image, its mirror image, then the framings.
        let logits: [Double]
        /// Channel means of the unmirrored image, member after member; what the image gate looks at.
        let pooled: [Double]
        /// How many members there are.
        let networks: Int
        /// How many views of the image each of them saw.
        let views: Int

        /// The score.
        var logit: Double { map.logit }
    }

    let members: [Member]
    /// Side of the square image that the members take.
    let side: Int

    /// Nil without members.
    init?(members: [Member], side: Int) {
        guard !members.isEmpty, side > 0 else { return nil }
        self.members = members
        self.side = side
    }

    /// Reads the members of a weights file: `<member>.…` for the network, `<member>.head.weight` and `.bias` for the
    /// linear layer.
    ///
    /// Throws `weightsIncomplete` where there is no member or a head is missing or does not fit,
    /// `architectureInvalid` for an input that is not one grey image, and what `Network` throws.
    init(
        architecture: Architecture, members names: [String], tensors: [String: Safetensors.Tensor]
    ) throws(ClassifierError) {
        guard architecture.channels == 1 else { throw ClassifierError(.architectureInvalid, "channels") }
        let blank = [Float](repeating: 0, count: architecture.side * architecture.side)
        var members: [Member] = []
        for name in names {
            let network = try Network(architecture, prefix: name, tensors: tensors)
            guard let weights = tensors["\(name).head.weight"], let bias = tensors["\(name).head.bias"],
                weights.shape.count == 1, bias.shape == [1], let first = bias.values.first
            else { throw ClassifierError(.weightsIncomplete, "\(name).head") }
            let member = Member(features: { network($0) }, weights: weights.values, bias: first)
            guard network(blank)?.channels == weights.values.count else {
                throw ClassifierError(.weightsIncomplete, "\(name).head.weight")
            }
            members.append(member)
        }
        guard let ensemble = Ensemble(members: members, side: architecture.side) else {
            throw ClassifierError(.weightsIncomplete, "members")
        }
        self = ensemble
    }

    /// The score of a standardised image, and of its framings, which count for the spread only.
    ///
    /// Nil where an image is not of the members' size. Everything is summed in one order in Double, member by member,
    /// the image before its mirror image: the same input gives the same bits.
    func score(_ input: [Float], framings: [[Float]] = []) -> Score? {
        guard let mirrored = Self.mirrored(input, side: side) else { return nil }
        var maps: [ActivationMap] = []
        var logits: [Double] = []
        var pooled: [Double] = []
        for member in members {
            guard let features = member.features(input), let upright = member.activation(features),
                let turned = member.features(mirrored).flatMap(member.activation)
            else { return nil }
            pooled += features.pooled()
            maps += [upright, turned.mirrored()]
            logits += [upright.logit, turned.logit]
            for framing in framings {
                guard let map = member.features(framing).flatMap(member.activation) else { return nil }
                logits.append(map.logit)
            }
        }
        guard let map = ActivationMap(mean: maps) else { return nil }
        return Score(
            map: map, logits: logits, pooled: pooled, networks: members.count, views: 2 + framings.count)
    }

    /// A square image with left and right exchanged; nil where it is not `side` × `side`.
    static func mirrored(_ image: [Float], side: Int) -> [Float]? {
        guard image.count == side * side else { return nil }
        var result: [Float] = []
        result.reserveCapacity(image.count)
        for row in 0..<side { result += image[(row * side)..<((row + 1) * side)].reversed() }
        return result
    }
}
