internal import Glibc

/// From line integrals to what a flat detector counts: Beer–Lambert, scatter behind a grid, quantum noise, blur.
struct Detector: Sendable {
    /// Quanta for each square millimetre where nothing is in the way.
    var quanta = 60_000.0
    /// Scattered quanta in relation to what arrives unscattered, behind the grid, under thick parts.
    var scatterShare = 0.35
    /// Width of the scatter's spread, in millimetres.
    var scatterSpread = 28.0
    /// Blur by focal spot, movement and scintillator, in millimetres.
    var blur = 0.35

    /// What arrives, as a share of the unattenuated beam.
    static func transmission(_ integral: Double) -> Double { exp(-integral) }

    /// The signal of each pixel as a share of the unattenuated beam's.
    func signal(_ projection: Projection, random: inout SplitMix64) -> Plane {
        let grid = projection.grid
        let primary = Plane(
            rows: grid.rows, columns: grid.columns, values: projection.integrals.map(Self.transmission))
        // Scatter arises where quanta were lost in the body, and only there.
        var source = primary
        for index in source.values.indices {
            source.values[index] *= 1 - min(1, primary.values[index] * 1.05)
        }
        let scatter = source.blurred(scatterSpread / grid.spacing)
        let full = quanta * grid.spacing * grid.spacing
        var signal = primary
        for index in signal.values.indices {
            let expected = full * (primary.values[index] + scatterShare * scatter.values[index])
            // Poisson's distribution at these counts is the normal one.
            signal.values[index] = max(1, expected + expected.squareRoot() * random.normal()) / full
        }
        return signal.blurred(blur / grid.spacing)
    }
}
