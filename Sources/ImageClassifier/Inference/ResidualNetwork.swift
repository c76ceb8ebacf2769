/// The compact residual network: stem, stages of two basic blocks, global average, one linear layer.
///
/// Batch normalisation is already folded into the convolutions at export.
struct ResidualNetwork: Sendable {
    /// The architecture this code computes; another id needs other code.
    static let architecture = "resnet-24-48-96-s2"
    /// Side of the square input.
    static let inputSize = 96

    private struct Block: Sendable {
        let first: Convolution
        let second: Convolution
        let shortcut: Convolution?
    }

    private let stem: Convolution
    private let blocks: [Block]
    /// Weight of each channel of the last feature map in the logit.
    let headWeights: [Float]
    let headBias: Float

    init(_ file: Safetensors) throws(ClassifierError) {
        func convolution(_ name: String, side: Int, stride: Int) throws(ClassifierError) -> Convolution {
            guard let weights = file.tensors["\(name).weight"], let bias = file.tensors["\(name).bias"],
                let layer = Convolution(side: side, stride: stride, weights: weights, bias: bias)
            else { throw ClassifierError(.weightsIncomplete, name) }
            return layer
        }
        stem = try convolution("stem", side: 3, stride: 2)
        var blocks: [Block] = []
        for stage in 0..<3 {
            for block in 0..<2 {
                let name = "stage\(stage).block\(block)"
                let first = try convolution("\(name).conv0", side: 3, stride: block == 0 ? 2 : 1)
                let second = try convolution("\(name).conv1", side: 3, stride: 1)
                let shortcut = block == 0 ? try convolution("\(name).shortcut", side: 1, stride: 2) : nil
                blocks.append(Block(first: first, second: second, shortcut: shortcut))
            }
        }
        self.blocks = blocks
        guard let weights = file.tensors["head.weight"], let bias = file.tensors["head.bias"], bias.values.count == 1,
            weights.shape == [blocks.last?.second.outputs ?? 0], Self.isConsistent(stem, blocks)
        else { throw ClassifierError(.weightsIncomplete, "head") }
        headWeights = weights.values
        headBias = bias.values[0]
    }

    /// Whether the channels of each layer are those of the layer before.
    private static func isConsistent(_ stem: Convolution, _ blocks: [Block]) -> Bool {
        var channels = stem.outputs
        for block in blocks {
            guard block.first.inputs == channels, block.second.inputs == block.first.outputs,
                block.shortcut.map({ $0.inputs == channels && $0.outputs == block.second.outputs })
                    ?? (block.second.outputs == channels)
            else { return false }
            channels = block.second.outputs
        }
        return stem.inputs == 1
    }

    /// The last feature map of a standardised image of `inputSize` × `inputSize`; `nil` for another size.
    func features(_ image: [Float]) -> FeatureMap? {
        let size = Self.inputSize
        guard image.count == size * size else { return nil }
        var map = stem(FeatureMap(rows: size, columns: size, channels: 1, values: image))?.rectified()
        for block in blocks {
            guard let input = map, let inner = block.first(input)?.rectified(), let outer = block.second(inner),
                let bypass = block.shortcut.map({ $0(input) }) ?? input
            else { return nil }
            map = outer.adding(bypass).rectified()
        }
        return map
    }

    /// The class activation map of a feature map; its mean plus the bias is the logit, exactly.
    func activation(_ features: FeatureMap) -> ActivationMap {
        var values: [Double] = []
        values.reserveCapacity(features.rows * features.columns)
        for position in 0..<(features.rows * features.columns) {
            var sum = 0.0
            for channel in 0..<features.channels {
                sum += Double(headWeights[channel]) * Double(features.values[position * features.channels + channel])
            }
            values.append(sum)
        }
        return ActivationMap(
            rows: features.rows, columns: features.columns, values: values, bias: Double(headBias))
    }
}
