import Testing

@testable import ImageClassifier

@Suite struct NetworkTests {
    /// A network of one convolution over a square image.
    static func single(
        side: Int, inputs: Int, outputs: Int, kernel: Int = 3, stride: Int = 1, path: ConvolutionPath = .fastest,
        weight: Float = 1, bias: Float = 0, rectify: Bool = false
    ) throws -> Network {
        let architecture = try #require(
            Architecture(
                input: "image", side: side, channels: inputs,
                operations: [
                    .convolution(
                        name: "c", from: "image", to: "out", kernel: kernel, stride: stride, add: nil, rectify: rectify)
                ], output: "out"))
        let shape = [kernel, kernel, inputs, outputs]
        return try Network(
            architecture, prefix: "n",
            tensors: [
                "n.c.weight": .init(shape: shape, values: .init(repeating: weight, count: shape.reduce(1, *))),
                "n.c.bias": .init(shape: [outputs], values: .init(repeating: bias, count: outputs)),
            ], path: path)
    }

    @Test func `all paths of this processor give the bits of the definition, on made-up networks`() throws {
        print("convolution paths of this processor: \(ConvolutionPath.available.map(\.rawValue))")
        for seed in 0..<150 as Range<UInt64> {
            let random = RandomNetwork(seed: seed)
            let architecture = try random.architecture()
            var generator = SplitMix(state: seed ^ 0xABCD)
            let image = generator.floats(random.side * random.side * random.channels)
            let defined = try ReferenceNetwork(
                architecture: architecture, tensors: random.tensors, prefix: "n")(image)
            for path in ConvolutionPath.available {
                let network = try Network(architecture, prefix: "n", tensors: random.tensors, path: path)
                let map = try #require(network(image))
                #expect(map.bits == defined.bits, "seed \(seed), \(path), \(random.operations)")
            }
        }
    }

    @Test(arguments: ConvolutionPath.available)
    func `each product is fused: one rounding, not two`(path: ConvolutionPath) throws {
        // (1 + 2⁻¹²)² − (1 + 2⁻¹¹) is 2⁻²⁴ exactly; a product that is rounded first loses it.
        let factor: Float = 1 + 0x1p-12
        let network = try Self.single(
            side: 1, inputs: 1, outputs: 33, kernel: 1, path: path, weight: factor, bias: -(1 + 0x1p-11))
        #expect(network([factor])?.values == [Float](repeating: 0x1p-24, count: 33))
    }

    @Test(arguments: ConvolutionPath.available)
    func `the order of the sum is tap by tap, channel by channel`(path: ConvolutionPath) throws {
        // 1 + 2⁻²⁴ + 2⁻²⁴ is 1 from the left and 1 + 2⁻²³ from the right.
        let network = try Self.single(side: 1, inputs: 3, outputs: 17, kernel: 1, path: path)
        #expect(network([1, 0x1p-24, 0x1p-24])?.values == [Float](repeating: 1, count: 17))
        #expect(network([0x1p-24, 0x1p-24, 1])?.values == [Float](repeating: 1 + 0x1p-23, count: 17))
    }

    @Test func `a result that is not finite is none`() throws {
        let network = try Self.single(side: 2, inputs: 1, outputs: 8, weight: 2)
        #expect(network([1, 1, 1, 1]) != nil)
        #expect(network([.greatestFiniteMagnitude, 1, 1, 1]) == nil)
        #expect(network([.nan, 1, 1, 1]) == nil)
    }

    @Test func `an image of another size is not computed`() throws {
        let network = try Self.single(side: 4, inputs: 1, outputs: 8)
        #expect(network([Float](repeating: 0, count: 15)) == nil)
        #expect(network([Float](repeating: 0, count: 17)) == nil)
        #expect(network([]) == nil)
    }

    @Test func `the place of a value is used again when it is no longer read, and never before`() {
        var placement = MapPlacement()
        let image = placement.place(100, step: -1, lastUse: 0)
        let first = placement.place(50, step: 0, lastUse: 1)
        let second = placement.place(100, step: 1, lastUse: 2)
        let third = placement.place(20, step: 2, lastUse: 3)
        #expect([image, first, second, third] == [0, 112, 0, 112])
        #expect(placement.size == 162)
    }

    @Test func `negative numbers become zero only where it is asked`() throws {
        #expect(try Self.single(side: 1, inputs: 1, outputs: 1, rectify: true)([-3])?.values == [0])
        #expect(try Self.single(side: 1, inputs: 1, outputs: 1)([-3])?.values == [-3])
    }

    @Test(arguments: [
        ("n.c.weight", [3, 3, 1]), ("n.c.weight", [1, 1, 1, 8]), ("n.c.weight", [3, 3, 2, 8]), ("n.c.bias", [4]),
        ("n.c.bias", [1, 8]), ("n.c.weight", [3, 3, 1, 0]), ("n.c.bias", [0]),
    ])
    func `weights of another shape are refused by name`(name: String, shape: [Int]) throws {
        let architecture = try #require(
            Architecture(
                input: "image", side: 4, channels: 1,
                operations: [
                    .convolution(name: "c", from: "image", to: "out", kernel: 3, stride: 1, add: nil, rectify: false)
                ], output: "out"))
        var tensors: [String: Safetensors.Tensor] = [
            "n.c.weight": .init(shape: [3, 3, 1, 8], values: [Float](repeating: 0, count: 72)),
            "n.c.bias": .init(shape: [8], values: [Float](repeating: 0, count: 8)),
        ]
        #expect(throws: Never.self) { try Network(architecture, prefix: "n", tensors: tensors) }
        tensors[name] = .init(shape: shape, values: [Float](repeating: 0, count: shape.reduce(1, *)))
        #expect(throws: ClassifierError.self) { try Network(architecture, prefix: "n", tensors: tensors) }
        tensors[name] = nil
        #expect(throws: ClassifierError(.weightsIncomplete, name)) {
            try Network(architecture, prefix: "n", tensors: tensors)
        }
    }

    @Test func `an addend of another shape and a mean that does not divide are refused`() throws {
        let tensors: [String: Safetensors.Tensor] = [
            "n.c.weight": .init(shape: [3, 3, 1, 8], values: [Float](repeating: 0, count: 72)),
            "n.c.bias": .init(shape: [8], values: [Float](repeating: 0, count: 8)),
        ]
        let operations: [Architecture.Operation] = [
            .convolution(name: "c", from: "image", to: "out", kernel: 3, stride: 1, add: "image", rectify: false),
            .mean(from: "image", to: "out", size: 3),
        ]
        for operation in operations {
            let architecture = try #require(
                Architecture(input: "image", side: 4, channels: 1, operations: [operation], output: "out"))
            #expect { try Network(architecture, prefix: "n", tensors: tensors) } throws: { error in
                (error as? ClassifierError)?.code == .architectureInvalid
            }
        }
    }
}

extension FeatureMap {
    /// Every bit: equality of floats does not see the sign of zero.
    var bits: [UInt32] { [UInt32(rows), UInt32(columns), UInt32(channels)] + values.map(\.bitPattern) }
}
