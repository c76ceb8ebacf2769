/// Lengths in millimetres of one chest. Heights count from the middle of the film.
struct Proportions: Sendable {
    /// One height of the rib cage: half width, half depth and where its back wall is.
    struct Ring: Sendable {
        let z: Double
        let halfWidth: Double
        let halfDepth: Double
        let back: Double
    }

    /// From below upwards.
    var ribCage: [Ring]
    /// Beyond the ribs: at the side, at the back and front.
    var wall: SIMD2<Double>
    /// Tip of the lungs.
    var apex: Double
    /// Tops of the diaphragm's domes: right, left.
    var domes: SIMD2<Double>
    /// Lowest lung, in the recess behind and beside the domes.
    var recess: Double
    /// Middle of the first thoracic vertebra and distance to the next.
    var firstVertebra: Double
    var vertebraStep: Double
    /// Half width of a vertebral body.
    var vertebra: Double
    /// How far a long rib descends on its way to the front.
    var ribDescent: Double
    /// Half thickness and half height of a rib.
    var rib: SIMD2<Double>
    /// Right and left border of the heart from the midline; its middle height and half height.
    var heart: (right: Double, left: Double, z: Double, halfHeight: Double)
    /// Half width of the upper mediastinum; in a small child the thymus is part of it.
    var mediastinum: Double
    /// Radius of the windpipe.
    var trachea: Double
    /// Half width of the neck.
    var neck: Double
    /// Middle of the shoulder joint, right and left alike.
    var shoulder: Point
    /// Where the elbow would be.
    var elbow: Point
    /// Half width of an upper arm, radius of its bone.
    var arm: (flesh: Double, bone: Double)
    /// Inner and outer end of a collar bone.
    var clavicle: (from: Point, to: Point, radius: Double)
    /// Film: width and height for the frontal view, width for the lateral one.
    var film: (width: Double, height: Double, lateralWidth: Double)

    /// The rib cage at a height, as sections of a solid.
    var cage: [Solid.Section] {
        ribCage.map { Solid.Section($0.z, 0, $0.back - $0.halfDepth, $0.halfWidth, $0.halfDepth) }
    }
}

extension Proportions {
    /// A child of about three years, arms raised, lying.
    static let child = Proportions(
        ribCage: [
            Ring(z: -130, halfWidth: 80, halfDepth: 57, back: 50), Ring(z: -80, halfWidth: 82, halfDepth: 60, back: 52),
            Ring(z: -50, halfWidth: 83, halfDepth: 61, back: 53), Ring(z: -25, halfWidth: 80, halfDepth: 60, back: 54),
            Ring(z: 0, halfWidth: 74, halfDepth: 57, back: 54), Ring(z: 25, halfWidth: 65, halfDepth: 52, back: 52),
            Ring(z: 45, halfWidth: 54, halfDepth: 44, back: 48), Ring(z: 60, halfWidth: 42, halfDepth: 34, back: 44),
            Ring(z: 74, halfWidth: 28, halfDepth: 25, back: 40), Ring(z: 90, halfWidth: 24, halfDepth: 22, back: 38),
        ],
        wall: SIMD2(12, 12), apex: 66, domes: SIMD2(-38, -44), recess: -72, firstVertebra: 71, vertebraStep: 11.6,
        vertebra: 9.5, ribDescent: 40, rib: SIMD2(1.7, 2.9), heart: (24, 49, -18, 36), mediastinum: 16.5, trachea: 3.8,
        neck: 32, shoulder: Point(82, 10, 60), elbow: Point(120, 4, 128), arm: (26, 6.2),
        clavicle: (Point(9, -26, 56), Point(68, 8, 72), 2.6), film: (228, 190, 176))

    /// A grown-up, standing, arms turned out.
    static let adult = Proportions(
        ribCage: [
            Ring(z: -250, halfWidth: 138, halfDepth: 98, back: 92),
            Ring(z: -150, halfWidth: 146, halfDepth: 106, back: 98),
            Ring(z: -90, halfWidth: 147, halfDepth: 108, back: 100),
            Ring(z: -40, halfWidth: 143, halfDepth: 105, back: 102),
            Ring(z: 10, halfWidth: 134, halfDepth: 98, back: 102), Ring(z: 60, halfWidth: 120, halfDepth: 86, back: 98),
            Ring(z: 100, halfWidth: 100, halfDepth: 72, back: 90), Ring(z: 130, halfWidth: 76, halfDepth: 55, back: 82),
            Ring(z: 152, halfWidth: 52, halfDepth: 40, back: 74), Ring(z: 185, halfWidth: 44, halfDepth: 36, back: 70),
        ],
        wall: SIMD2(22, 20), apex: 146, domes: SIMD2(-88, -102), recess: -142, firstVertebra: 150, vertebraStep: 23.5,
        vertebra: 16, ribDescent: 105, rib: SIMD2(3.2, 6.0), heart: (38, 88, -52, 66), mediastinum: 28, trachea: 8.5,
        neck: 58, shoulder: Point(168, 20, 120), elbow: Point(235, 20, -160), arm: (45, 12),
        clavicle: (Point(17, -45, 122), Point(140, 18, 142), 5.2), film: (400, 380, 330))
}
