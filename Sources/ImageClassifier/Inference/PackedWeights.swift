/// The weights of one layer in the order in which a kernel reads them.
///
/// Output channels are cut into blocks of two vectors, the rest into one block of two or of one; each block holds its
/// columns of the weight matrix row by row, the last block filled up with zeros.
struct PackedWeights: Sendable {
    let values: [Float]
    let bias: [Float]
    let outputs: Int

    /// - Parameter matrix: one row for each input of each tap, one column for each output.
    init(matrix: [Float], bias: [Float], lanes: Int) {
        outputs = bias.count
        let rows = bias.isEmpty ? 0 : matrix.count / bias.count
        var values: [Float] = []
        var padded: [Float] = []
        var channel = 0
        while channel < outputs {
            let width = outputs - channel > lanes ? 2 * lanes : lanes
            let filled = min(width, outputs - channel)
            let rest = [Float](repeating: 0, count: width - filled)
            for row in 0..<rows {
                let start = row * outputs + channel
                values += matrix[start..<(start + filled)]
                values += rest
            }
            padded += bias[channel..<(channel + filled)]
            padded += rest
            channel += width
        }
        self.values = values
        self.bias = padded
    }
}
