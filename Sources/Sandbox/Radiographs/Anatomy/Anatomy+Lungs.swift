extension Anatomy {
    /// Either lung; the heart and the domes of the diaphragm are taken out of them afterwards.
    mutating func addLungs() {
        for side in [-1.0, 1.0] {
            let rings = build.ribCage.filter { $0.z > build.recess && $0.z < build.apex }
            let ends = [build.recess, build.apex].compactMap { Solid.Section.between(build.cage, at: $0) }
            let cage = rings.map { Solid.Section($0.z, 0, $0.back - $0.halfDepth, $0.halfWidth, $0.halfDepth) } + ends
            let sections = cage.map { ring in
                let outer = ring.radii.x - 1.6 * build.rib.x
                return Solid.Section(
                    ring.z, side * 0.53 * outer, ring.centre.y, 0.47 * outer, ring.radii.y - 1.6 * build.rib.x)
            }
            let length = build.apex - build.recess
            body.solids.append(.stack(sections, roundTop: 0.16 * length, roundBottom: 0.24 * length, .lung))
        }
    }

    /// Windpipe and main bronchi.
    mutating func addAirways() {
        let fork = airwayFork
        let lean = random.between(-0.6, 0.2) * build.trachea
        let top = Point(0, fork.y - 1.5 * build.trachea, build.film.height * 0.62)
        body.tubes.append(
            Tube([top, Point(lean, fork.y - build.trachea, 0.5 * (top.z + fork.z)), fork], radius: build.trachea, .air))
        for (side, drop) in [(-1.0, 1.15), (1.0, 0.8)] {
            let hilum = hilum(side)
            let reach = (hilum - fork) * Point(1, 1, drop)
            body.tubes.append(
                Tube(
                    [fork, fork + reach * 0.5, fork + reach], radius: 0.72 * build.trachea, to: 0.45 * build.trachea,
                    .air))
        }
    }

    /// Where the windpipe divides: before the fifth thoracic vertebra.
    var airwayFork: Point {
        let z = build.firstVertebra - 3.9 * build.vertebraStep
        return Point(0.2 * build.trachea, spine(z) - 1.3 * build.vertebra - build.trachea, z)
    }

    /// The root of a lung; the left one is higher.
    func hilum(_ side: Double) -> Point {
        let fork = airwayFork
        let aside = side < 0 ? 0.92 * build.heart.right : 0.55 * build.heart.left
        return Point(side * aside, fork.y - 3 * build.trachea, fork.z - (side < 0 ? 1.25 : 0.95) * build.vertebraStep)
    }

    /// Arteries and veins, dividing until they are too thin to be seen.
    mutating func addVessels() {
        let size = build.film.height / 190
        for side in [-1.0, 1.0] {
            let root = hilum(side)
            body.solids.append(
                .ellipsoid(
                    root, Point(random.between(4, 6), 6, random.between(8, 11)) * size, lean: SIMD2(-0.3 * side, 0),
                    .blood))
            // Directions of the lobar vessels: upwards, sideways, downwards, in front and behind.
            let bearings = [
                Point(0.45, -0.35, 1), Point(0.6, 0.35, 0.8), Point(1, -0.5, 0.25), Point(1, 0.4, 0.1),
                Point(0.8, -0.4, -0.5), Point(0.7, 0.5, -0.8), Point(0.35, 0.2, -1), Point(0.9, 0.0, -0.75),
            ]
            for bearing in bearings {
                let direction = Point(side * bearing.x, bearing.y, bearing.z)
                grow(
                    from: root, direction / direction.length, radius: random.between(2.0, 2.9) * size,
                    length: random.between(11, 16) * size, size: size)
            }
        }
    }

    private mutating func grow(from start: Point, _ direction: Point, radius: Double, length: Double, size: Double) {
        let wander = Point(random.normal(), random.normal(), random.normal()) * 0.16
        let end = start + (direction + wander) * length
        guard radius > 0.3 * size, length > 3.5 * size, isInLung(end) else { return }
        let thin = 0.86 * radius
        body.tubes.append(Tube([start, start + direction * (0.5 * length), end], radius: radius, to: thin, .blood))
        let way = (end - start) / (end - start).length
        let aside = Point(random.normal(), random.normal(), random.normal())
        let across = aside - way * (aside * way).sum()
        let unit = across / max(across.length, 1e-6)
        for (turn, share) in [(random.between(0.15, 0.5), 0.92), (-random.between(0.4, 0.9), 0.76)] {
            let next = way + unit * turn
            grow(
                from: end, next / next.length, radius: thin * share, length: length * random.between(0.72, 0.92),
                size: size)
        }
    }

    /// Beginnings lie in the mediastinum, which is no lung; they are let through.
    private func isInLung(_ point: Point) -> Bool {
        switch body.material(at: point) {
        case .lung, .blood: true
        default: false
        }
    }
}
