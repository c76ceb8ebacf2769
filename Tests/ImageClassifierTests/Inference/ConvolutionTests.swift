import Testing

@testable import ImageClassifier

@Suite struct ConvolutionTests {
    /// Sides, strides and sizes: whole blocks of six pixels, rests, and single pixels.
    static let shapes: [(side: Int, stride: Int, inputs: Int, outputs: Int, rows: Int, columns: Int)] = [
        (3, 1, 1, 8, 6, 6), (3, 2, 3, 16, 7, 13), (3, 1, 2, 24, 5, 11), (1, 2, 4, 8, 9, 9), (1, 1, 5, 8, 1, 1),
        (3, 2, 1, 8, 12, 24), (3, 1, 7, 8, 1, 8),
    ]

    @Test(arguments: shapes.indices)
    func `equals the definition, summed in the same order, to the bit`(index: Int) throws {
        let shape = Self.shapes[index]
        var random = SplitMix(state: UInt64(index) + 1)
        let count = shape.side * shape.side * shape.inputs * shape.outputs
        let weights = (0..<count).map { _ in random.float() }
        let bias = (0..<shape.outputs).map { _ in random.float() }
        let layer = try #require(
            Convolution(
                side: shape.side, stride: shape.stride,
                weights: .init(shape: [shape.side, shape.side, shape.inputs, shape.outputs], values: weights),
                bias: .init(shape: [shape.outputs], values: bias)))
        let input = FeatureMap(
            rows: shape.rows, columns: shape.columns, channels: shape.inputs,
            values: (0..<(shape.rows * shape.columns * shape.inputs)).map { _ in random.float() })
        #expect(layer(input) == defined(layer, input))
    }

    @Test func `other channels than the layer's are not computed`() throws {
        let layer = try #require(
            Convolution(
                side: 1, stride: 1, weights: .init(shape: [1, 1, 2, 8], values: [Float](repeating: 1, count: 16)),
                bias: .init(shape: [8], values: [Float](repeating: 0, count: 8))))
        #expect(layer(FeatureMap(rows: 1, columns: 1, channels: 1, values: [1])) == nil)
    }

    @Test(arguments: [[3, 3, 1, 7], [2, 2, 1, 8], [3, 3, 8], [3, 3, 0, 8]])
    func `a kernel of another shape is refused`(shape: [Int]) {
        let weights = Safetensors.Tensor(shape: shape, values: [Float](repeating: 0, count: shape.reduce(1, *)))
        let bias = Safetensors.Tensor(shape: [8], values: [Float](repeating: 0, count: 8))
        #expect(Convolution(side: shape[0], stride: 1, weights: weights, bias: bias) == nil)
    }

    private func defined(_ layer: Convolution, _ input: FeatureMap) -> FeatureMap {
        let border = layer.side / 2
        let rows = (input.rows - 1) / layer.stride + 1
        let columns = (input.columns - 1) / layer.stride + 1
        var values: [Float] = []
        for row in 0..<rows {
            for column in 0..<columns {
                for output in 0..<layer.outputs {
                    var sum = layer.bias[output]
                    for tap in 0..<(layer.side * layer.side) {
                        let y = row * layer.stride + tap / layer.side - border
                        let x = column * layer.stride + tap % layer.side - border
                        for channel in 0..<layer.inputs {
                            let inside = (0..<input.rows).contains(y) && (0..<input.columns).contains(x)
                            let pixel = inside ? input.values[(y * input.columns + x) * layer.inputs + channel] : 0
                            sum += layer.weights[(tap * layer.inputs + channel) * layer.outputs + output] * pixel
                        }
                    }
                    values.append(sum)
                }
            }
        }
        return FeatureMap(rows: rows, columns: columns, channels: layer.outputs, values: values)
    }
}

/// A small seeded generator, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// A value between −1 and 1.
    mutating func float() -> Float {
        Float(Int64(bitPattern: next()) >> 40) / Float(1 << 23)
    }
}
