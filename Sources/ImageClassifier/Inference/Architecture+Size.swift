extension Architecture {
    /// Numbers that one network learned, and its multiply-adds for one view of an image.
    ///
    /// - Parameter tensors: the shapes of its tensors by their names without the prefix; those of a `Network` that was
    ///   made, so that no product overflows.
    func size(of tensors: [String: [Int]]) -> (parameters: Int, multiplications: Int) {
        var shapes: [String: (side: Int, channels: Int)] = [input: (side, channels)]
        var parameters = 0
        var multiplications = 0
        for operation in operations {
            switch operation {
            case .convolution(let name, let from, let to, let kernel, let stride, _, _):
                guard let source = shapes[from], let outputs = tensors["\(name).weight"]?.last else { continue }
                let side = (source.side - 1) / stride + 1
                let weights = kernel * kernel * source.channels * outputs
                shapes[to] = (side, outputs)
                parameters += weights + outputs
                multiplications += side * side * weights
            case .mean(let from, let to, let size):
                shapes[to] = shapes[from].map { ($0.side / size, $0.channels) }
            case .linear(let name, _, let to):
                guard let shape = tensors["\(name).weight"], shape.count == 2 else { continue }
                shapes[to] = (1, shape[1])
                parameters += shape[0] * shape[1] + shape[1]
                multiplications += shape[0] * shape[1]
            }
        }
        let head = shapes[output]?.channels ?? 0
        return (parameters + head + 1, multiplications)
    }
}
