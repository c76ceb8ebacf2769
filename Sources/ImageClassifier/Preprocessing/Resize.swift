/// One separable antialiased resize: triangle filter, support = scale (at least one pixel), aspect not kept.
///
/// Kernels alone move the probability by up to .19, so this one is part of the preprocessing version. Sums run in
/// ascending index order in Double, rows first, then columns; products and sums are rounded separately.
enum Resize {
    struct Taps: Sendable, Equatable {
        let first: Int
        let weights: [Double]
    }

    /// For each output index the input indices and their weights.
    static func taps(from length: Int, to size: Int) -> [Taps] {
        let scale = Double(length) / Double(size)
        let support = max(scale, 1)
        return (0..<size).map { index in
            let centre = (Double(index) + 0.5) * scale
            let first = max(0, Int((centre - support + 0.5).rounded(.down)))
            let last = min(length, Int((centre + support + 0.5).rounded(.down)))
            let raw = (first..<max(first, last)).map { position in
                max(0, 1 - abs((Double(position) + 0.5 - centre) / support))
            }
            let total = raw.reduce(0, +)
            return Taps(first: first, weights: raw.map { $0 / total })
        }
    }

    /// Resizes the image whose pixels are `table[codes[i]]`.
    static func apply(
        _ table: [Double], codes: [UInt16], rows: Int, columns: Int, toRows: Int, columns toColumns: Int
    ) -> [Double] {
        let across = taps(from: columns, to: toColumns)
        var narrow = [Double](repeating: 0, count: rows * toColumns)
        var line = [Double](repeating: 0, count: columns)
        for row in 0..<rows {
            for column in 0..<columns {
                line[column] = table[Int(codes[row * columns + column])]
            }
            for (column, taps) in across.enumerated() {
                var sum = 0.0
                for (offset, weight) in taps.weights.enumerated() {
                    sum += weight * line[taps.first + offset]
                }
                narrow[row * toColumns + column] = sum
            }
        }
        var result = [Double](repeating: 0, count: toRows * toColumns)
        for (row, taps) in taps(from: rows, to: toRows).enumerated() {
            for (offset, weight) in taps.weights.enumerated() {
                let source = (taps.first + offset) * toColumns
                for column in 0..<toColumns {
                    result[row * toColumns + column] += weight * narrow[source + column]
                }
            }
        }
        return result
    }
}
