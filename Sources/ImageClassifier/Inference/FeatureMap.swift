/// Activations, channels last: `values[(row * columns + column) * channels + channel]`.
struct FeatureMap: Sendable, Equatable {
    let rows: Int
    let columns: Int
    let channels: Int
    var values: [Float]

    init(rows: Int, columns: Int, channels: Int, values: [Float]) {
        self.rows = rows
        self.columns = columns
        self.channels = channels
        self.values = values
    }

    /// Negative values become zero.
    func rectified() -> FeatureMap {
        var result = self
        for index in result.values.indices where result.values[index] < 0 {
            result.values[index] = 0
        }
        return result
    }

    /// The sum with a map of the same shape.
    func adding(_ other: FeatureMap) -> FeatureMap {
        var result = self
        for index in result.values.indices {
            result.values[index] += other.values[index]
        }
        return result
    }

    /// A border of zeros, so that the convolution needs no edge cases.
    func padded(by border: Int) -> FeatureMap {
        guard border > 0 else { return self }
        let wide = columns + 2 * border
        var result = [Float](repeating: 0, count: (rows + 2 * border) * wide * channels)
        for row in 0..<rows {
            let source = row * columns * channels
            let target = ((row + border) * wide + border) * channels
            result.replaceSubrange(
                target..<(target + columns * channels), with: values[source..<(source + columns * channels)])
        }
        return FeatureMap(rows: rows + 2 * border, columns: wide, channels: channels, values: result)
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
