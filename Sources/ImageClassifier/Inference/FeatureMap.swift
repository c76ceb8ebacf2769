/// Activations, channels last: `values[(row * columns + column) * channels + channel]`.
struct FeatureMap: Sendable, Equatable {
    let rows: Int
    let columns: Int
    let channels: Int
    let values: [Float]

    init(rows: Int, columns: Int, channels: Int, values: [Float]) {
        self.rows = rows
        self.columns = columns
        self.channels = channels
        self.values = values
    }

    /// Mean of each channel, summed in row-major order in Double.
    func pooled() -> [Double] {
        var sums = [Double](repeating: 0, count: channels)
        for position in 0..<(rows * columns) {
            for channel in 0..<channels {
                sums[channel] += Double(values[position * channels + channel])
            }
        }
        return sums.map { $0 / Double(rows * columns) }
    }
}
