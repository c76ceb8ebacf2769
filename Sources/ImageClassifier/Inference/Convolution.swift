/// A convolution with a square kernel of side 1 or 3, "same" border of `side / 2` zeros, stride 1 or 2, and bias.
struct Convolution: Sendable {
    /// Output channels are worked on eight at a time.
    static let lanes = 8

    let side: Int
    let stride: Int
    let inputs: Int
    let outputs: Int
    /// [tap][input channel][output channel]
    let weights: [Float]
    let bias: [Float]

    init?(side: Int, stride: Int, weights: Safetensors.Tensor, bias: Safetensors.Tensor) {
        guard side == 1 || side == 3, stride == 1 || stride == 2, weights.shape.count == 4,
            weights.shape[0] == side, weights.shape[1] == side, weights.shape[2] > 0,
            weights.shape[3] > 0, weights.shape[3].isMultiple(of: Self.lanes), bias.shape == [weights.shape[3]]
        else { return nil }
        self.side = side
        self.stride = stride
        self.inputs = weights.shape[2]
        self.outputs = weights.shape[3]
        self.weights = weights.values
        self.bias = bias.values
    }

    /// Applies the convolution; `nil` where the channels do not fit.
    func callAsFunction(_ input: FeatureMap) -> FeatureMap? {
        guard input.channels == inputs, input.rows > 0, input.columns > 0 else { return nil }
        let rows = (input.rows - 1) / stride + 1
        let columns = (input.columns - 1) / stride + 1
        let values = convolve(input.padded(by: side / 2), rows: rows, columns: columns)
        return FeatureMap(rows: rows, columns: columns, channels: outputs, values: values)
    }
}
