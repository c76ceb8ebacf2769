/// A bent tube: an ellipsoid swept along a smooth curve. Ribs, vessels and airways are made of these.
///
/// What it adds to a projection is the sum of small ellipsoids along the curve, each with its share of the tube's mass.
/// So mass is kept and a tube that runs along the ray, as a rib does at the side of the chest, needs no special case.
struct Tube: Sendable {
    /// The curve goes through all of these.
    let path: [Point]
    /// Half axes of the swept ellipsoid at the beginning and at the end.
    let radii: (from: Point, to: Point)
    let material: Material

    /// A tube of one cross-section.
    init(_ path: [Point], _ radii: Point, _ material: Material) {
        self.init(path, from: radii, to: radii, material)
    }

    /// A round tube that tapers.
    init(_ path: [Point], radius: Double, to end: Double? = nil, _ material: Material) {
        self.init(path, from: Point(repeating: radius), to: Point(repeating: end ?? radius), material)
    }

    init(_ path: [Point], from start: Point, to end: Point, _ material: Material) {
        self.path = path
        self.radii = (start, end)
        self.material = material
    }

    /// One step of the sweep.
    struct Bead: Sendable {
        let centre: Point
        let radii: Point
        /// Volume of tube that this bead stands for.
        let volume: Double
    }

    /// Beads at distances of a share of the smallest radius.
    func beads() -> [Bead] {
        guard path.count > 1 else { return [] }
        var beads: [Bead] = []
        let spans = path.count - 1
        for span in 0..<spans {
            let (p1, p2) = (path[span], path[span + 1])
            let p0 = span > 0 ? path[span - 1] : p1 + (p1 - p2)
            let p3 = span + 2 < path.count ? path[span + 2] : p2 + (p2 - p1)
            let length = (p2 - p1).length
            let finest = min(radii.from.min(), radii.to.min())
            let count = max(1, Int((length / max(0.3, 0.25 * finest)).rounded(.up)))
            var before = p1
            for step in 1...count {
                let t = Double(step) / Double(count)
                let point = Self.curve(p0, p1, p2, p3, t)
                let way = point - before
                let along = (Double(span) + t - 0.5 / Double(count)) / Double(spans)
                let radii = self.radii.from + (self.radii.to - self.radii.from) * along
                let volume = Self.crossSection(radii, way) * way.length
                beads.append(Bead(centre: (point + before) * 0.5, radii: radii, volume: volume))
                before = point
            }
        }
        return beads
    }

    /// Catmull and Rom.
    private static func curve(_ p0: Point, _ p1: Point, _ p2: Point, _ p3: Point, _ t: Double) -> Point {
        let linear = (p2 - p0) * t
        let square = (p0 * 2 - p1 * 5 + p2 * 4 - p3) * (t * t)
        let cube = (p1 * 3 - p0 - p2 * 3 + p3) * (t * t * t)
        return (p1 * 2 + linear + square + cube) * 0.5
    }

    /// Area of the ellipsoid's central section across a direction.
    private static func crossSection(_ radii: Point, _ direction: Point) -> Double {
        let length = direction.length
        guard length > 0 else { return 0 }
        return .pi * radii.x * radii.y * radii.z / (radii * direction / length).length
    }
}

extension Point {
    var length: Double { (self * self).sum().squareRoot() }
}
