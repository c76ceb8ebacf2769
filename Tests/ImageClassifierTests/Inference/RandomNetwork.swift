@testable import ImageClassifier

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

    mutating func floats(_ count: Int) -> [Float] {
        (0..<count).map { _ in float() }
    }
}

/// A made-up network: some convolutions with and without addends, block means, a linear layer at the end or not.
struct RandomNetwork {
    private(set) var operations: [Architecture.Operation] = []
    private(set) var tensors: [String: Safetensors.Tensor] = [:]
    private(set) var shapes: [(name: String, rows: Int, columns: Int, channels: Int)]
    let side: Int
    let channels: Int

    init(seed: UInt64) {
        var random = SplitMix(state: seed)
        side = Int.random(in: 1...14, using: &random)
        channels = Int.random(in: 1...2, using: &random)
        shapes = [("image", side, side, channels)]
        for index in 0..<Int.random(in: 1...7, using: &random) {
            let source = shapes[Int.random(in: max(0, shapes.count - 3)..<shapes.count, using: &random)]
            if Int.random(in: 0..<6, using: &random) == 0, source.rows.isMultiple(of: 2) {
                operations.append(.mean(from: source.name, to: "v\(index)", size: 2))
                shapes.append(("v\(index)", source.rows / 2, source.columns / 2, source.channels))
            } else {
                convolve(source, index, &random)
            }
        }
        guard let last = shapes.last, Bool.random(using: &random) else { return }
        let outputs = Int.random(in: 1...20, using: &random)
        append("end", [last.rows * last.columns * last.channels, outputs], &random)
        operations.append(.linear(name: "end", from: last.name, to: "end"))
        shapes.append(("end", 1, 1, outputs))
    }

    private mutating func convolve(
        _ source: (name: String, rows: Int, columns: Int, channels: Int), _ index: Int, _ random: inout SplitMix
    ) {
        let kernel = Bool.random(using: &random) ? 3 : 1
        let stride = Int.random(in: 1...2, using: &random)
        let (rows, columns) = ((source.rows - 1) / stride + 1, (source.columns - 1) / stride + 1)
        let addend = shapes.last { $0.rows == rows && $0.columns == columns }
        let usual = [1, 3, 4, 8, 12, 16, 20, 24, 32, 40, 48].randomElement(using: &random) ?? 8
        let isAdded = addend != nil && Bool.random(using: &random)
        let outputs = isAdded ? addend?.channels ?? usual : usual
        append("l\(index)", [kernel, kernel, source.channels, outputs], &random)
        operations.append(
            .convolution(
                name: "l\(index)", from: source.name, to: "v\(index)", kernel: kernel, stride: stride,
                add: isAdded ? addend?.name : nil, rectify: Bool.random(using: &random)))
        shapes.append(("v\(index)", rows, columns, outputs))
    }

    private mutating func append(_ layer: String, _ shape: [Int], _ random: inout SplitMix) {
        tensors["n.\(layer).weight"] = .init(shape: shape, values: random.floats(shape.reduce(1, *)))
        tensors["n.\(layer).bias"] = .init(
            shape: [shape[shape.count - 1]], values: random.floats(shape[shape.count - 1]))
    }

    /// The architecture, whose output is the last value.
    func architecture() throws -> Architecture {
        guard
            let result = Architecture(
                input: "image", side: side, channels: channels, operations: operations, output: shapes.last?.name ?? "")
        else { throw ClassifierError(.architectureInvalid) }
        return result
    }
}
