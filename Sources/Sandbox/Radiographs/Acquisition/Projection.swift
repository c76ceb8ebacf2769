/// Line integrals of the attenuation along parallel rays: what X-rays meet on their way to each pixel.
///
/// Parallel rays stand for a tube at a great distance; magnification and its blur are left out.
struct Projection: Sendable {
    /// Where the pixels lie.
    struct Grid: Sendable, Equatable {
        let rows: Int
        let columns: Int
        /// Millimetres.
        let spacing: Double
        /// Of the middle of the grid: the coordinate across the rays, and z.
        let centre: SIMD2<Double>

        /// Coordinate across the rays.
        func across(_ column: Int) -> Double { centre.x + (Double(column) + 0.5 - Double(columns) / 2) * spacing }
        /// z, the head being up.
        func height(_ row: Int) -> Double { centre.y - (Double(row) + 0.5 - Double(rows) / 2) * spacing }
        /// Column, with fractions, of a coordinate.
        func column(_ across: Double) -> Double { (across - centre.x) / spacing + Double(columns) / 2 - 0.5 }
        /// Row, with fractions, of a height.
        func row(_ height: Double) -> Double { (centre.y - height) / spacing + Double(rows) / 2 - 0.5 }
    }

    let grid: Grid
    /// ∫ µ dl, row by row.
    private(set) var integrals: [Double]

    init(_ body: Body, along axis: RayAxis, grid: Grid) {
        self.grid = grid
        integrals = [Double](repeating: 0, count: grid.rows * grid.columns)
        addSolids(body, axis)
        for tube in body.tubes {
            for bead in tube.beads() {
                add(bead, excess: tube.material.attenuation - body.attenuation(at: bead.centre), axis)
            }
        }
    }

    // MARK: Solids

    private struct Stretch {
        let enter: Double
        let leave: Double
        let material: Material
    }

    private mutating func addSolids(_ body: Body, _ axis: RayAxis) {
        var stretches: [Stretch] = []
        var borders: [Double] = []
        for row in 0..<grid.rows {
            let z = grid.height(row)
            let sections = body.solids.compactMap { solid in solid.section(at: z).map { ($0, solid.material) } }
            let clouds = body.infiltrate?.clouds(at: z) ?? []
            for column in 0..<grid.columns {
                let across = grid.across(column)
                stretches.removeAll(keepingCapacity: true)
                borders.removeAll(keepingCapacity: true)
                for (section, material) in sections {
                    guard let chord = section.chord(along: axis, at: across) else { continue }
                    stretches.append(Stretch(enter: chord.enter, leave: chord.leave, material: material))
                    borders.append(chord.enter)
                    borders.append(chord.leave)
                }
                borders.sort()
                var sum = 0.0
                for (start, end) in zip(borders, borders.dropFirst()) where end > start {
                    let middle = (start + end) / 2
                    // The uppermost solid counts.
                    let material = stretches.last { $0.enter < middle && middle < $0.leave }?.material ?? .air
                    sum += material.attenuation * (end - start)
                    if material == .lung, let limit = body.infiltrate?.limit, !clouds.isEmpty {
                        sum +=
                            Material.filling
                            * Self.filling(clouds, limit, along: axis, from: start, to: end) { position in
                                axis == .x ? Point(position, across, z) : Point(across, position, z)
                            }
                    }
                }
                integrals[row * grid.columns + column] = sum
            }
        }
    }

    /// Millimetres of filled lung between two points of a ray, by the rule of the midpoint.
    private static func filling(
        _ clouds: [Infiltrate.Cloud], _ limit: Double, along axis: RayAxis, from start: Double, to end: Double,
        _ point: (Double) -> Point
    ) -> Double {
        let entry = point(start)
        let near = clouds.filter { cloud in
            // The ray changes one coordinate only, so one that is out of reach in another stays so.
            let offset = (entry - cloud.centre) / cloud.radii
            let fixed = axis == .x ? offset.y : offset.x
            return fixed * fixed < 1
        }
        guard !near.isEmpty else { return 0 }
        let count = max(1, Int(((end - start) / 3).rounded(.up)))
        let step = (end - start) / Double(count)
        var sum = 0.0
        for index in 0..<count {
            sum += Infiltrate.share(near, limit, at: point(start + (Double(index) + 0.5) * step))
        }
        return sum * step
    }

    // MARK: Tubes

    private mutating func add(_ bead: Tube.Bead, excess: Double, _ axis: RayAxis) {
        // A bead smaller than a pixel is widened: else it would fall between the pixels.
        let reachX = max((axis == .x ? bead.radii.y : bead.radii.x) / grid.spacing, 1)
        let reachY = max(bead.radii.z / grid.spacing, 1)
        let column = grid.column(axis == .x ? bead.centre.y : bead.centre.x)
        let row = grid.row(bead.centre.z)
        let across = Self.chords(column, reachX)
        let down = Self.chords(row, reachY)
        // Shares of the chords at these very pixels, so that the mass is kept however few they are.
        var sum = 0.0
        for y in down.squares {
            for x in across.squares where x + y < 1 { sum += (1 - x - y).squareRoot() }
        }
        guard sum > 0 else { return }
        let unit = excess * bead.volume / (grid.spacing * grid.spacing * sum)
        for (y, downwards) in down.squares.enumerated() where (0..<grid.rows).contains(down.first + y) {
            let start = (down.first + y) * grid.columns
            for (x, sideways) in across.squares.enumerated() where (0..<grid.columns).contains(across.first + x) {
                let rest = 1 - sideways - downwards
                if rest > 0 { integrals[start + across.first + x] += unit * rest.squareRoot() }
            }
        }
    }

    /// The pixels within reach, which may lie outside of the grid, and the squares of their distances in units of it.
    private static func chords(_ centre: Double, _ reach: Double) -> (first: Int, squares: [Double]) {
        let first = Int((centre - reach).rounded(.up))
        let last = Int((centre + reach).rounded(.down))
        guard first <= last else { return (first, []) }
        return (
            first,
            (first...last).map { position in
                let offset = (Double(position) - centre) / reach
                return offset * offset
            }
        )
    }
}
