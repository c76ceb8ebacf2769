/// Decides from the image whether it resembles those of the training.
///
/// Two measures, either of which refuses: the Mahalanobis distance of the pooled features, and what a few principal
/// components of the small image leave unexplained. Their limits come from validation images. The confidence of the
/// score itself is useless for this purpose.
struct ImageGate: Sendable {
    private let mean: [Double]
    /// Rows of a whitening matrix: distance² = |W (x − mean)|².
    private let whitening: [[Double]]
    private let distanceLimit: Double
    private let picture: [Double]
    private let components: [[Double]]
    private let residualLimit: Double
    /// Side of the small image.
    private static let side = 32

    init(_ file: Safetensors, channels: Int) throws(ClassifierError) {
        let pixels = Self.side * Self.side
        func matrix(_ name: String, columns: Int) throws(ClassifierError) -> [[Double]] {
            guard let tensor = file.tensors[name], tensor.shape.count == 2, tensor.shape[1] == columns else {
                throw ClassifierError(.weightsIncomplete, name)
            }
            return stride(from: 0, to: tensor.values.count, by: columns).map { start in
                tensor.values[start..<(start + columns)].map(Double.init)
            }
        }
        func vector(_ name: String, count: Int) throws(ClassifierError) -> [Double] {
            guard let tensor = file.tensors[name], tensor.shape == [count] else {
                throw ClassifierError(.weightsIncomplete, name)
            }
            return tensor.values.map(Double.init)
        }
        func limit(_ name: String) throws(ClassifierError) -> Double {
            guard let value = file.metadata[name].flatMap(Double.init), value.isFinite, value > 0 else {
                throw ClassifierError(.weightsIncomplete, name)
            }
            return value
        }
        mean = try vector("gate.mean", count: channels)
        whitening = try matrix("gate.whitening", columns: channels)
        picture = try vector("gate.picture", count: pixels)
        components = try matrix("gate.components", columns: pixels)
        distanceLimit = try limit("gate.distanceLimit")
        residualLimit = try limit("gate.residualLimit")
    }

    /// Whether the image is near enough to the training.
    func accepts(pooled: [Double], input: [Float]) -> Bool {
        distance(pooled) <= distanceLimit && residual(input) <= residualLimit
    }

    func distance(_ pooled: [Double]) -> Double {
        let difference = zip(pooled, mean).map { $0 - $1 }
        return whitening.reduce(0) { sum, row in
            let value = Self.product(row, difference)
            return sum + value * value
        }.squareRoot()
    }

    /// Mean square of what the components leave of the image, reduced to 32 × 32 by 3 × 3 means.
    func residual(_ input: [Float]) -> Double {
        let small = Self.reduce(input)
        let difference = zip(small, picture).map { $0 - $1 }
        var rest = Self.product(difference, difference)
        for component in components {
            let share = Self.product(component, difference)
            rest -= share * share
        }
        return max(rest, 0) / Double(difference.count)
    }

    private static func reduce(_ input: [Float]) -> [Double] {
        let step = ResidualNetwork.inputSize / side
        var result: [Double] = []
        result.reserveCapacity(side * side)
        for row in 0..<side {
            for column in 0..<side {
                var sum = 0.0
                for y in 0..<step {
                    for x in 0..<step {
                        sum += Double(input[(row * step + y) * ResidualNetwork.inputSize + column * step + x])
                    }
                }
                result.append(sum / Double(step * step))
            }
        }
        return result
    }

    private static func product(_ first: [Double], _ second: [Double]) -> Double {
        var sum = 0.0
        for index in first.indices {
            sum += first[index] * second[index]
        }
        return sum
    }
}
