/// How far the air spaces of the lung are filled, as a smooth field: the sum of soft balls, at most `limit`.
///
/// Disease has no sharp surface, so this is no solid. It counts only where lung is.
struct Infiltrate: Sendable {
    /// A soft ball: `share` in its middle, nothing from its surface on.
    struct Cloud: Sendable {
        let centre: Point
        let radii: Point
        let share: Double

        /// What it fills at a point.
        func share(at point: Point) -> Double {
            let offset = (point - centre) / radii
            let rest = 1 - (offset * offset).sum()
            return rest > 0 ? share * rest * rest : 0
        }

        func reaches(_ z: Double) -> Bool { abs(z - centre.z) < radii.z }
    }

    var clouds: [Cloud]
    var limit: Double

    /// Share of the air that is replaced at a point.
    func share(at point: Point) -> Double { Self.share(clouds, limit, at: point) }

    /// The clouds that reach a height.
    func clouds(at z: Double) -> [Cloud] { clouds.filter { $0.reaches(z) } }

    static func share(_ clouds: [Cloud], _ limit: Double, at point: Point) -> Double {
        min(limit, clouds.reduce(0) { $0 + $1.share(at: point) })
    }
}
