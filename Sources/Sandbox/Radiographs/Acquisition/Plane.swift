internal import Glibc

/// A picture of numbers, row by row.
struct Plane: Sendable, Equatable {
    let rows: Int
    let columns: Int
    var values: [Double]

    /// Blurred by a Gaussian of this deviation in pixels (three running means, which is near enough, at a cost that
    /// does not grow with the width). What lies outside continues the border.
    func blurred(_ deviation: Double) -> Plane {
        guard deviation > 0 else { return self }
        // Three means of width 2r + 1 have the variance r(r + 1); the part between two whole radii is interpolated.
        let exact = (deviation * deviation + 0.25).squareRoot() - 0.5
        let radius = Int(exact.rounded(.down))
        let share = (deviation * deviation - Double(radius * (radius + 1))) / Double(2 * (radius + 1))
        var result = self
        for _ in 0..<3 {
            result = result.averagedAlongRows(radius, share).transposed()
            result = result.averagedAlongRows(radius, share).transposed()
        }
        return result
    }

    /// Mean over 2 · radius + 1 pixels, mixed with that of the next radius.
    private func averagedAlongRows(_ radius: Int, _ share: Double) -> Plane {
        var result = self
        let last = columns - 1
        let (narrow, wide) = (Double(2 * radius + 1), Double(2 * radius + 3))
        for row in 0..<rows {
            let start = row * columns
            var sum = 0.0
            for offset in -radius...radius { sum += values[start + min(max(offset, 0), last)] }
            for column in 0...last {
                let before = values[start + max(column - radius - 1, 0)]
                let after = values[start + min(column + radius + 1, last)]
                result.values[start + column] = (1 - share) * sum / narrow + share * (sum + before + after) / wide
                sum += after - values[start + max(column - radius, 0)]
            }
        }
        return result
    }

    private func transposed() -> Plane {
        var result = Plane(rows: columns, columns: rows, values: values)
        for row in 0..<rows {
            for column in 0..<columns { result.values[column * rows + row] = values[row * columns + column] }
        }
        return result
    }
}
