/// A consolidation: part of a lung whose air spaces are filled.
struct Opacity: Sendable, Equatable {
    enum Lung: String, Sendable, CaseIterable { case right, left }
    enum Zone: String, Sendable, CaseIterable { case upper, middle, lower }

    var lung: Lung
    var zone: Zone
    /// Radius of the whole as a share of the lung's half height.
    var extent: Double
    /// Share of the air that is replaced in its core.
    var density: Double
    /// Small patches elsewhere along the bronchi of both lungs.
    var patches: Int

    init(_ lung: Lung, _ zone: Zone, extent: Double = 1.4, density: Double = 0.95, patches: Int = 40) {
        self.lung = lung
        self.zone = zone
        self.extent = extent
        self.density = density
        self.patches = patches
    }
}

extension Anatomy {
    /// A dense core around the middle of the zone, a cloudy rim, and patches along the bronchi, as bronchopneumonia is
    /// seldom in one place only. It ends where the lung ends.
    func infiltrate(_ opacity: Opacity, random: SplitMix64) -> Infiltrate {
        var random = random
        let side = opacity.lung == .right ? -1.0 : 1.0
        let base = opacity.lung == .right ? build.domes.x : build.domes.y
        let half = (build.apex - base) / 2
        let share =
            switch opacity.zone {
            case .upper: 0.72
            case .middle: 0.42
            case .lower: 0.12
            }
        let z = base + share * 2 * half
        let cage = Solid.Section.between(build.cage, at: z) ?? Solid.Section(z, 0, 0, half, half)
        let centre = Point(side * 0.52 * cage.radii.x, cage.centre.y + 0.15 * cage.radii.y, z)
        let reach = opacity.extent * half
        var clouds = [
            Infiltrate.Cloud(centre: centre, radii: Point(0.8, 1.3, 0.8) * reach, share: 1.1 * opacity.density)
        ]
        for _ in 0..<40 {
            let offset = Point(random.normal(), random.normal(), random.normal()) * 0.42
            let radii = Point(random.about(0.35), random.about(0.35), random.about(0.35))
            clouds.append(
                Infiltrate.Cloud(
                    centre: centre + offset * Point(1, 1.3, 0.9) * reach,
                    radii: radii * (reach * random.between(0.18, 0.4)), share: random.between(0.2, 0.6)))
        }
        for number in 0..<max(opacity.patches, 0) {
            let root = hilum(number % 2 == 0 ? -1 : 1)
            let offset = Point(random.normal(), random.normal(), random.normal() - 0.3) * Point(0.3, 0.4, 0.45)
            clouds.append(
                Infiltrate.Cloud(
                    centre: root + (offset + Point(root.x < 0 ? -0.2 : 0.2, 0, 0)) * half,
                    radii: Point(0.9, 1.4, 0.9) * (half * random.between(0.15, 0.35)), share: random.between(0.5, 1.0)))
        }
        return Infiltrate(clouds: clouds, limit: opacity.density)
    }
}
