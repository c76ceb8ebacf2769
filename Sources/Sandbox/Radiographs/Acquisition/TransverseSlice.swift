/// A transverse section in Hounsfield units, as a computed tomograph shows it: seen from the feet, the patient's right
/// side on the left.
struct TransverseSlice: Sendable, Equatable {
    let rows: Int
    let columns: Int
    /// Millimetres from pixel to pixel.
    let spacing: Double
    /// Height in the patient.
    let z: Double
    /// Row by row.
    let hounsfield: [Int16]

    init(_ body: Body, z: Double, width: Double, side: Int, random: inout SplitMix64) {
        let spacing = width / Double(max(side, 1))
        func place(_ index: Int) -> Double { (Double(index) + 0.5 - Double(side) / 2) * spacing }
        var attenuation = [Double](repeating: 0, count: side * side)
        for row in 0..<side {
            for column in 0..<side {
                attenuation[row * side + column] = body.attenuation(at: Point(place(column), place(row), z))
            }
        }
        for tube in body.tubes {
            for bead in tube.beads() {
                let radii = bead.radii.replacing(with: spacing, where: bead.radii .< spacing)
                guard abs(bead.centre.z - z) < radii.z else { continue }
                let excess = tube.material.attenuation - body.attenuation(at: bead.centre)
                let share = excess * bead.volume / (4.0 / 3 * .pi * radii.x * radii.y * radii.z)
                func range(_ centre: Double, _ radius: Double) -> ClosedRange<Int> {
                    let low = Int(((centre - radius) / spacing + Double(side) / 2 - 0.5).rounded(.up))
                    let high = Int(((centre + radius) / spacing + Double(side) / 2 - 0.5).rounded(.down))
                    return min(max(low, 0), side - 1)...max(min(high, side - 1), min(max(low, 0), side - 1))
                }
                for row in range(bead.centre.y, radii.y) {
                    for column in range(bead.centre.x, radii.x) {
                        let offset = (Point(place(column), place(row), z) - bead.centre) / radii
                        if (offset * offset).sum() < 1 { attenuation[row * side + column] += share }
                    }
                }
            }
        }
        (rows, columns, self.spacing, self.z) = (side, side, spacing, z)
        hounsfield = attenuation.map { value in
            let units = 1000 * (value / Material.water - 1) + 12 * random.normal()
            return Int16(min(max(units.rounded(), -1024), 3071))
        }
    }
}
