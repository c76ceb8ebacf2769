/// A point or direction in the patient (PS3.3 C.7.6.2.1.1), in millimetres: x to the patient's left, y to the back,
/// z to the head.
typealias Point = SIMD3<Double>

/// A solid whose every horizontal section is an ellipse with its axes along x and y: ellipsoids, leaning ones too, and
/// bodies given by a few sections.
///
/// The line integral along x or y is then a chord of an ellipse, without any numerical integration.
struct Solid: Sendable {
    /// One horizontal section.
    struct Section: Sendable, Equatable {
        var z: Double
        var centre: SIMD2<Double>
        var radii: SIMD2<Double>
    }

    private enum Shape: Sendable {
        case ellipsoid(centre: Point, radii: Point, lean: SIMD2<Double>)
        /// Ascending in z. The last millimetres at the top and at the bottom close like a dome, if wanted.
        case stack([Section], roundTop: Double, roundBottom: Double)
    }

    private let shape: Shape
    /// What it consists of.
    let material: Material

    /// `lean` is the shift of the section's centre for each millimetre of height.
    static func ellipsoid(_ centre: Point, _ radii: Point, lean: SIMD2<Double> = .zero, _ material: Material) -> Solid {
        Solid(shape: .ellipsoid(centre: centre, radii: radii, lean: lean), material: material)
    }

    /// Sections in any order, joined smoothly.
    static func stack(
        _ sections: [Section], roundTop: Double = 0, roundBottom: Double = 0, _ material: Material
    ) -> Solid {
        let ascending = sections.sorted { $0.z < $1.z }
        return Solid(shape: .stack(ascending, roundTop: roundTop, roundBottom: roundBottom), material: material)
    }

    /// The section at a height; nil where there is none.
    func section(at z: Double) -> Section? {
        switch shape {
        case .ellipsoid(let centre, let radii, let lean):
            let height = (z - centre.z) / radii.z
            guard abs(height) < 1 else { return nil }
            let scale = (1 - height * height).squareRoot()
            return Section(
                z: z, centre: SIMD2(centre.x, centre.y) + lean * (z - centre.z),
                radii: SIMD2(radii.x, radii.y) * scale)
        case .stack(let sections, let roundTop, let roundBottom):
            guard var section = Section.between(sections, at: z), let top = sections.last?.z,
                let bottom = sections.first?.z
            else { return nil }
            section.radii *= Self.closing(top - z, within: roundTop) * Self.closing(z - bottom, within: roundBottom)
            return section
        }
    }

    /// What is left of the width at a distance from an end that closes within some millimetres.
    private static func closing(_ distance: Double, within length: Double) -> Double {
        guard length > 0, distance < length else { return 1 }
        let rise = 1 - distance / length
        return (1 - rise * rise).squareRoot()
    }

    /// Whether a point lies inside.
    func contains(_ point: Point) -> Bool {
        guard let section = section(at: point.z), section.radii.min() > 0 else { return false }
        let offset = (SIMD2(point.x, point.y) - section.centre) / section.radii
        return (offset * offset).sum() <= 1
    }
}

extension Solid.Section {
    init(_ z: Double, _ x: Double, _ y: Double, _ radiusX: Double, _ radiusY: Double) {
        self.init(z: z, centre: SIMD2(x, y), radii: SIMD2(radiusX, radiusY))
    }

    /// Where a ray along `axis` that meets the section at `across` of the other axis enters and leaves it.
    func chord(along axis: RayAxis, at across: Double) -> (enter: Double, leave: Double)? {
        let (ray, other) = axis == .x ? (0, 1) : (1, 0)
        let offset = (across - centre[other]) / radii[other]
        guard abs(offset) < 1 else { return nil }
        let half = radii[ray] * (1 - offset * offset).squareRoot()
        return (centre[ray] - half, centre[ray] + half)
    }

    /// Smooth (cosine-like) blend of the neighbouring sections, so that no kink shows in the projection.
    static func between(_ sections: [Self], at z: Double) -> Self? {
        guard let above = sections.firstIndex(where: { $0.z >= z }), let first = sections.first, z >= first.z else {
            return nil
        }
        guard above > 0 else { return sections[0] }
        let (p1, p2) = (sections[above - 1], sections[above])
        let p0 = above >= 2 ? sections[above - 2] : p1
        let p3 = above + 1 < sections.count ? sections[above + 1] : p2
        let t = (z - p1.z) / (p2.z - p1.z)
        func blend(_ value: (Self) -> SIMD2<Double>) -> SIMD2<Double> {
            // Cubic Hermite with slopes over the neighbours' distance in z: knots need not be evenly spaced.
            let step = p2.z - p1.z
            let slope1 = (value(p2) - value(p0)) * (step / (p2.z - p0.z))
            let slope2 = (value(p3) - value(p1)) * (step / (p3.z - p1.z))
            let (t2, t3) = (t * t, t * t * t)
            return value(p1) * (2 * t3 - 3 * t2 + 1) + slope1 * (t3 - 2 * t2 + t)
                + value(p2) * (3 * t2 - 2 * t3) + slope2 * (t3 - t2)
        }
        let radii = blend(\.radii)
        return Self(z: z, centre: blend(\.centre), radii: radii.replacing(with: 0, where: radii .< 0))
    }
}

/// The direction of the rays.
enum RayAxis: Sendable {
    /// From side to side.
    case x
    /// From front to back.
    case y
}
