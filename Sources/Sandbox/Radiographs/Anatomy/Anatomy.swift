/// Builds the body of one phantom. Order matters: what comes later displaces what is there.
struct Anatomy: Sendable {
    let build: Proportions
    var random: SplitMix64
    var body = Body()

    init(_ build: Proportions, seed: UInt64) {
        random = SplitMix64(seed: seed)
        self.build = build.varied(by: &random)
    }

    /// The whole.
    static func body(_ build: Proportions, seed: UInt64, opacity: Opacity?) -> Body {
        var anatomy = Anatomy(build, seed: seed)
        anatomy.addTrunk()
        anatomy.addLungs()
        anatomy.addMediastinum()
        anatomy.addAbdomen()
        anatomy.addSpine()
        anatomy.addRibs()
        anatomy.addShoulders()
        anatomy.addAirways()
        anatomy.addVessels()
        // Its own generator, and last: an opacity must not change the anatomy behind it.
        anatomy.body.infiltrate = opacity.map { anatomy.infiltrate($0, random: SplitMix64(seed: seed ^ 0x0FAC_17F0)) }
        return anatomy.body
    }

    /// Where the spine's bodies have their middle, from front to back, at a height.
    func spine(_ z: Double) -> Double {
        (Solid.Section.between(build.cage, at: z).map { $0.centre.y + $0.radii.y } ?? 40) - 1.15 * build.vertebra
    }
}

extension Proportions {
    /// Another person of the same build: a few per cent of everything, the diaphragm higher or lower.
    func varied(by random: inout SplitMix64) -> Proportions {
        var other = self
        let size = film.height / 190
        let (wide, deep) = (random.about(0.05), random.about(0.05))
        other.ribCage = ribCage.map {
            Ring(z: $0.z, halfWidth: $0.halfWidth * wide, halfDepth: $0.halfDepth * deep, back: $0.back * deep)
        }
        other.wall *= random.about(0.15)
        let breath = random.between(-7, 6) * size
        other.domes += SIMD2(breath, breath + random.between(-3, 3) * size)
        other.recess += 0.6 * breath
        other.ribDescent *= random.about(0.15)
        let heartSize = random.about(0.08)
        other.heart.left *= heartSize
        other.heart.right *= heartSize * random.about(0.1)
        other.heart.z += 0.5 * breath
        other.mediastinum *= random.about(0.15)
        other.vertebraStep *= random.about(0.02)
        let lift = random.between(-6, 4) * size
        other.shoulder.z += lift
        other.clavicle.to.z += lift
        other.elbow.x *= random.about(0.08)
        return other
    }
}
