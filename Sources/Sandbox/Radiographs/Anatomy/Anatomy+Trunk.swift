extension Anatomy {
    /// Skin, fat and muscle: everything else is put into this.
    mutating func addTrunk() {
        let shoulder = build.shoulder
        var sections = build.ribCage.filter { $0.z < shoulder.z - 0.75 * shoulder.x * 0.3 }.map { ring in
            // Muscles of chest and back fill the armpit: the trunk does not taper as the ribs do.
            let widest = build.ribCage.map(\.halfWidth).max() ?? ring.halfWidth
            let width = 0.25 * ring.halfWidth + 0.75 * widest
            return Solid.Section(
                ring.z, 0, ring.back - ring.halfDepth, width + build.wall.x, ring.halfDepth + build.wall.y)
        }
        let neckY = build.clavicle.to.y
        sections.append(Solid.Section(shoulder.z, 0, neckY, 1.08 * shoulder.x, 0.6 * shoulder.x))
        sections.append(Solid.Section(shoulder.z + 0.28 * shoulder.x, 0, neckY, 0.8 * shoulder.x, 0.44 * shoulder.x))
        sections.append(Solid.Section(shoulder.z + 0.48 * shoulder.x, 0, neckY, 1.05 * build.neck, 0.95 * build.neck))
        sections.append(Solid.Section(shoulder.z + 2 * shoulder.x, 0, neckY, build.neck, build.neck))
        body.solids.append(.stack(sections, .softTissue))
        for side in [-1.0, 1.0] { addArm(side) }
        // The chin shows at the upper border of many films of small children.
        let chin = build.film.height * random.between(0.53, 0.64)
        body.solids.append(
            .ellipsoid(
                Point(random.between(-4, 4), neckY - 0.6 * build.neck, chin),
                Point(1.3 * build.neck, 1.6 * build.neck, 0.75 * build.neck), .softTissue))
    }

    private mutating func addArm(_ side: Double) {
        let (from, to) = (build.shoulder, build.elbow)
        // Sections are horizontal, so a leaning arm is wider in them than it is thick. It begins in the trunk.
        let rise = to.z - from.z
        let slope = (to.x - from.x) / rise
        let width = build.arm.flesh * (1 + slope * slope).squareRoot()
        let middle = from + (to - from) * 0.55
        body.solids.append(
            .ellipsoid(
                Point(side * middle.x, middle.y, middle.z), Point(width, build.arm.flesh, abs(rise)),
                lean: SIMD2(side * slope, 0), .softTissue))
    }

    /// The domes of the diaphragm with what lies under them, liver on the right, stomach with its air on the left.
    mutating func addAbdomen() {
        let widest = build.ribCage.map(\.halfWidth).max() ?? 80
        let deepest = build.ribCage.map(\.halfDepth).max() ?? 60
        let centre = 0.48 * widest
        for (side, top) in [(-1.0, build.domes.x), (1.0, build.domes.y)] {
            let height = 0.75 * widest
            body.solids.append(
                .ellipsoid(
                    Point(side * centre, -0.12 * deepest, top - height),
                    Point(0.60 * widest, 0.98 * deepest, height), .softTissue))
        }
        // Between the domes the heart rests on the diaphragm.
        body.solids.append(
            .ellipsoid(
                Point(0, -0.1 * deepest, build.domes.y - 0.72 * widest),
                Point(0.75 * widest, 0.85 * deepest, 0.72 * widest),
                .softTissue))
        let bubble = Point(random.between(0.16, 0.3), random.between(0.2, 0.4), random.between(0.06, 0.16)) * widest
        let middle = Point(
            0.42 * widest, -0.35 * deepest, build.domes.y - random.between(0.12, 0.2) * widest - bubble.z)
        body.solids.append(.ellipsoid(middle, bubble, lean: SIMD2(random.between(-0.6, 0.6), 0), .air))
    }
}
