/// How far features lie from those of the training, in deviations of the training: |W (x − mean)| with a whitening
/// matrix W. Summed in one order in Double, so that every machine decides alike.
struct MahalanobisDistance: Sendable {
    /// How many features are compared.
    let dimensions: Int
    private let mean: [Double]
    /// Row by row.
    private let whitening: [Double]
    private let limit: Double

    /// Reads `gate.<name>.mean` and `gate.<name>.whitening`. Throws `weightsIncomplete` with a tensor's name.
    init(_ file: Safetensors, name: String, limit: Double) throws(ClassifierError) {
        guard let mean = file.tensors["gate.\(name).mean"], mean.shape.count == 1, !mean.values.isEmpty else {
            throw ClassifierError(.weightsIncomplete, "gate.\(name).mean")
        }
        let count = mean.values.count
        guard let whitening = file.tensors["gate.\(name).whitening"], whitening.shape == [count, count] else {
            throw ClassifierError(.weightsIncomplete, "gate.\(name).whitening")
        }
        guard limit > 0 else { throw ClassifierError(.weightsIncomplete, "gate.\(name)Limit") }
        dimensions = count
        self.mean = mean.values.map(Double.init)
        self.whitening = whitening.values.map(Double.init)
        self.limit = limit
    }

    /// Whether the features lie within the limit; not where their number is another.
    func accepts(_ features: [Double]) -> Bool {
        guard let distance = distance(features) else { return false }
        return distance <= limit
    }

    func distance(_ features: [Double]) -> Double? {
        guard features.count == dimensions else { return nil }
        var difference = features
        for index in difference.indices { difference[index] -= mean[index] }
        var total = 0.0
        for row in 0..<dimensions {
            var sum = 0.0
            for column in 0..<dimensions {
                sum += whitening[row * dimensions + column] * difference[column]
            }
            total += sum * sum
        }
        return total.squareRoot()
    }
}
