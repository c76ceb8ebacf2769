/// A linear layer in Double, summed input by input: the scores of the image gate's classes.
struct LinearScores: Sendable {
    /// `weights[input * outputs + output]`
    private let weights: [Double]
    private let biases: [Double]

    /// Reads `<name>.weight` [inputs, outputs] and `<name>.bias`. Throws `weightsIncomplete` with a tensor's name.
    init(
        tensors: [String: Safetensors.Tensor], name: String, inputs: Int, outputs: Int
    ) throws(ClassifierError) {
        guard let weight = tensors["\(name).weight"], weight.shape == [inputs, outputs] else {
            throw ClassifierError(.weightsIncomplete, "\(name).weight")
        }
        guard let bias = tensors["\(name).bias"], bias.shape == [outputs] else {
            throw ClassifierError(.weightsIncomplete, "\(name).bias")
        }
        weights = weight.values.map(Double.init)
        biases = bias.values.map(Double.init)
    }

    /// The scores of as many numbers as the layer takes.
    func callAsFunction(_ values: [Double]) -> [Double] {
        var sums = biases
        for (input, value) in values.enumerated() {
            for output in sums.indices { sums[output] += weights[input * biases.count + output] * value }
        }
        return sums
    }
}
