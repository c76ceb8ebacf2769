@testable import ImageClassifier

/// The operations as `docs/integrate/model-operations.md` words them, one number after the other, with the C library's
/// fused multiply-add: what every path must give to the bit.
struct ReferenceNetwork {
    let architecture: Architecture
    let tensors: [String: Safetensors.Tensor]
    let prefix: String

    func callAsFunction(_ image: [Float]) throws -> FeatureMap {
        let side = architecture.side
        var values = [
            architecture.input: FeatureMap(
                rows: side, columns: side, channels: architecture.channels, values: image)
        ]
        for operation in architecture.operations {
            switch operation {
            case .convolution(let name, let from, let to, let kernel, let stride, let add, let rectify):
                values[to] = try convolution(
                    name, try find(values[from]), kernel: kernel, stride: stride, addend: add.map { values[$0] } ?? nil,
                    rectify: rectify)
            case .mean(let from, let to, let size): values[to] = mean(try find(values[from]), size: size)
            case .linear(let name, let from, let to): values[to] = try linear(name, try find(values[from]))
            }
        }
        return try find(values[architecture.output])
    }

    private func find<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw ClassifierError(.architectureInvalid) }
        return value
    }

    private func layer(_ name: String) throws -> (weight: [Float], bias: [Float]) {
        (try find(tensors["\(prefix).\(name).weight"]).values, try find(tensors["\(prefix).\(name).bias"]).values)
    }

    private func convolution(
        _ name: String, _ input: FeatureMap, kernel: Int, stride: Int, addend: FeatureMap?, rectify: Bool
    ) throws -> FeatureMap {
        let (weight, bias) = try layer(name)
        let (rows, columns) = ((input.rows - 1) / stride + 1, (input.columns - 1) / stride + 1)
        var values: [Float] = []
        for position in 0..<(rows * columns) {
            for output in bias.indices {
                var sum = bias[output]
                for tap in 0..<(kernel * kernel) {
                    let y = position / columns * stride + tap / kernel - kernel / 2
                    let x = position % columns * stride + tap % kernel - kernel / 2
                    let isInside = (0..<input.rows).contains(y) && (0..<input.columns).contains(x)
                    for channel in 0..<input.channels {
                        let pixel = isInside ? input.values[(y * input.columns + x) * input.channels + channel] : 0
                        sum.addProduct(weight[(tap * input.channels + channel) * bias.count + output], pixel)
                    }
                }
                if let addend { sum += addend.values[position * bias.count + output] }
                values.append(rectify && sum < 0 ? 0 : sum)
            }
        }
        return FeatureMap(rows: rows, columns: columns, channels: bias.count, values: values)
    }

    private func mean(_ input: FeatureMap, size: Int) -> FeatureMap {
        let (rows, columns) = (input.rows / size, input.columns / size)
        var values: [Float] = []
        for position in 0..<(rows * columns) {
            for channel in 0..<input.channels {
                var sum: Float = 0
                for place in 0..<(size * size) {
                    let y = position / columns * size + place / size
                    let x = position % columns * size + place % size
                    sum += input.values[(y * input.columns + x) * input.channels + channel]
                }
                values.append(sum / Float(size * size))
            }
        }
        return FeatureMap(rows: rows, columns: columns, channels: input.channels, values: values)
    }

    private func linear(_ name: String, _ input: FeatureMap) throws -> FeatureMap {
        let (weight, bias) = try layer(name)
        var sums = bias
        for (index, value) in input.values.enumerated() {
            for output in bias.indices { sums[output].addProduct(weight[index * bias.count + output], value) }
        }
        return FeatureMap(rows: 1, columns: 1, channels: bias.count, values: sums)
    }
}
