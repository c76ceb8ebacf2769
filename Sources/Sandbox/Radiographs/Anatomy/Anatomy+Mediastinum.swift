extension Anatomy {
    /// Heart, great vessels, thymus and what lies between the lungs, the spine with its muscles included.
    mutating func addMediastinum() {
        addMidline()
        let heart = build.heart
        let depth = build.ribCage.map(\.halfDepth).max() ?? 60
        let front = -0.18 * depth
        let width = (heart.right + heart.left) / 2
        let middle = (heart.left - heart.right) / 2
        // Right atrium, ventricles (leaning to the left and down), outflow and the arch of the aorta.
        body.solids.append(
            .ellipsoid(
                Point(-heart.right + 0.52 * width, front + 3, heart.z - 0.12 * heart.halfHeight),
                Point(0.52 * width, 0.42 * depth, 0.95 * heart.halfHeight), .blood))
        body.solids.append(
            .ellipsoid(
                Point(middle + 0.16 * width, front, heart.z - 0.12 * heart.halfHeight),
                Point(0.80 * width, 0.48 * depth, 0.9 * heart.halfHeight), lean: SIMD2(-0.36, 0), .blood))
        body.solids.append(
            .ellipsoid(
                Point(0.24 * heart.left, front + 2, heart.z + 0.62 * heart.halfHeight),
                Point(0.42 * heart.left, 0.34 * depth, 1.0 * heart.halfHeight), lean: SIMD2(-0.2, 0), .blood))
        let arch = build.firstVertebra - 2.9 * build.vertebraStep
        body.solids.append(
            .ellipsoid(
                Point(0.42 * build.mediastinum, spine(arch) - 2.3 * build.vertebra, arch),
                Point(0.75 * build.mediastinum, 1.6 * build.vertebra, 0.95 * build.vertebraStep), .blood))
    }

    /// From the neck to below the diaphragm: narrow over the spine, wider where the thymus lies in front.
    private mutating func addMidline() {
        let top = build.firstVertebra + 4 * build.vertebraStep
        let bottom = build.ribCage.map(\.z).min() ?? -100
        let heights = stride(from: bottom, through: top, by: build.vertebraStep).map { $0 }
        let behind = heights.map { z in
            Solid.Section(z, 0, spine(z) + 0.35 * build.vertebra, 1.75 * build.vertebra, 2.0 * build.vertebra)
        }
        body.solids.append(.stack(behind, .softTissue))
        let upper = build.firstVertebra - 0.5 * build.vertebraStep
        let lower = build.heart.z
        let frontal = [
            (lower, 0.8), (0.5 * (lower + upper), random.between(0.9, 1.15)),
            (0.25 * lower + 0.75 * upper, random.between(1.0, 1.2)), (upper, 0.95),
            (upper + 2 * build.vertebraStep, 0.9),
        ].map { z, share in
            let cage = Solid.Section.between(build.cage, at: z) ?? Solid.Section(z, 0, 0, 30, 30)
            return Solid.Section(
                z, 0, cage.centre.y - 0.35 * cage.radii.y, share * build.mediastinum, 0.6 * cage.radii.y)
        }
        body.solids.append(.stack(frontal, .softTissue))
    }
}
