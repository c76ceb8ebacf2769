internal import Glibc

/// From the detector's signal to grey values for presentation, as a console for digital radiography does it: logarithm,
/// compressed range, enhanced edges, window, sigmoid curve.
struct Presentation: Sendable {
    /// How much of the coarse differences is taken away, so that lungs and abdomen are both seen.
    var compression = 0.35
    /// What counts as coarse, in millimetres.
    var coarse = 40.0
    /// How much of the fine detail is added.
    var enhancement = 1.0
    /// What counts as fine, in millimetres.
    var fine = 3.0
    /// Steepness of the curve in the middle; 0 is a straight line.
    var steepness = 0.5
    /// Grey values of the least and the most attenuating.
    var greys = (low: 0.0, high: 232.0)

    /// Grey values of 8 bits.
    func render(_ signal: Plane, spacing: Double) -> GreyImage {
        let absorbed = Plane(rows: signal.rows, columns: signal.columns, values: signal.values.map { -log($0) })
        let background = absorbed.blurred(coarse / spacing)
        let smooth = absorbed.blurred(fine / spacing)
        let inside = absorbed.values.indices.filter { absorbed.values[$0] > Self.bare }
        let level = inside.reduce(0) { $0 + background.values[$1] } / Double(max(inside.count, 1))
        var processed = absorbed.values
        for index in processed.indices {
            processed[index] +=
                compression * (level - background.values[index])
                + enhancement * (absorbed.values[index] - smooth.values[index])
        }
        let window = Self.window(inside.map { processed[$0] })
        let pixels = processed.indices.map { index in
            let share = (processed[index] - window.low) / (window.high - window.low)
            // Where the beam met nothing, the film is black whatever lies beside it.
            let cover = min(max(absorbed.values[index] / Self.bare, 0), 1)
            let grey = greys.low + (greys.high - greys.low) * curve(min(max(share, 0), 1)) * cover
            return UInt8(min(max(grey, 0), 255).rounded())
        }
        return GreyImage(rows: signal.rows, columns: signal.columns, spacing: spacing, pixels: pixels)
    }

    /// Less than this, in natural logarithms, is not covered by the patient.
    private static let bare = 0.25

    private func curve(_ share: Double) -> Double {
        guard steepness > 0 else { return share }
        let end = tanh(steepness)
        return (tanh(steepness * (2 * share - 1)) / end + 1) / 2
    }

    private static func window(_ values: [Double]) -> (low: Double, high: Double) {
        let ordered = values.sorted()
        guard let first = ordered.first, let last = ordered.last, last > first else { return (0, 1) }
        let count = Double(ordered.count - 1)
        let low = ordered[Int(count * 0.002)], high = ordered[Int(count * 0.998)]
        // The range's foot is below the lungs: air outside is darker than they are.
        return (low - 0.28 * (high - low), high)
    }
}
