internal import Glibc

extension Anatomy {
    /// Vertebrae from the neck to the loins: body, pedicles, transverse and spinous process.
    mutating func addSpine() {
        let lean = random.between(-0.015, 0.015)
        for number in -4...16 {
            let z = build.firstVertebra - Double(number) * build.vertebraStep
            guard z > (build.ribCage.map(\.z).min() ?? -100), z < 0.75 * build.film.height else { continue }
            let wide = build.vertebra * (1 + 0.012 * Double(number))
            let (x, y) = (lean * z, spine(z))
            let half = 0.4 * build.vertebraStep
            bone(
                [Point(x - 0.55 * wide, y, z), Point(x + 0.55 * wide, y, z)], Point(0.5 * wide, 0.75 * wide, half), 0.8)
            for side in [-1.0, 1.0] {
                let pedicle = Point(x + side * 0.72 * wide, y + 0.7 * wide, z + 0.2 * half)
                bone([pedicle, pedicle + Point(0, 0.7 * wide, 0)], Point(0.2, 0.2, 0.28) * wide, 0.4)
                let tip = Point(x + side * 1.9 * wide, y + 1.35 * wide, z + 0.45 * half)
                bone([pedicle + Point(0, 0.6 * wide, 0), tip], Point(0.24, 0.24, 0.24) * wide, 0.5)
            }
            let spinous = Point(x, y + 1.3 * wide, z)
            bone(
                [spinous, spinous + Point(0, 1.0 * wide, -0.6 * build.vertebraStep)], Point(0.14, 0.2, 0.3) * wide, 0.35
            )
        }
    }

    /// Twelve pairs. Each goes from its vertebra along the wall to the side and, descending, to the front, where it
    /// ends in cartilage, which is not seen.
    mutating func addRibs() {
        let reach = [0.80, 0.76, 0.74, 0.73, 0.72, 0.71, 0.69, 0.66, 0.63, 0.58, 0.46, 0.32]
        for (index, end) in reach.enumerated() {
            let number = Double(index)
            let z = build.firstVertebra - number * build.vertebraStep + 0.25 * build.vertebraStep
            let descent = build.ribDescent * min(1, 0.45 + 0.13 * number) * (end / 0.72)
            let wobble = random.about(0.04)
            for side in [-1.0, 1.0] { addRib(side, z: z, descent: descent * wobble, end: end, first: index == 0) }
        }
    }

    private mutating func addRib(_ side: Double, z: Double, descent: Double, end: Double, first: Bool) {
        let steps = 14
        let start = 0.07
        let path = (0...steps).compactMap { step -> Point? in
            let t = Double(step) / Double(steps)
            let angle = (start + (end - start) * t) * .pi
            // A little up from the joint, then down, most of it at the side.
            let height = z + 0.10 * build.vertebraStep * sin(min(1, 4 * t) * .pi) - descent * pow(t, 1.35)
            guard let ring = Solid.Section.between(build.cage, at: height) else { return nil }
            return Point(
                side * ring.radii.x * sin(angle), ring.centre.y + ring.radii.y * cos(angle), height)
        }
        let (thick, high) = (build.rib.x, build.rib.y)
        // Flat behind and at the side; the first one lies flat.
        let radii = first ? Point(1.2 * high, 1.2 * high, thick) : Point(thick, thick, high)
        tubes(path, from: radii, to: radii * Point(0.75, 0.75, 0.85), shell: 0.7, marrow: 0.45)
    }

    /// Collar bones, shoulder blades and the upper ends of the arm bones.
    mutating func addShoulders() {
        for side in [-1.0, 1.0] {
            func at(_ point: Point) -> Point { Point(side * point.x, point.y, point.z) }
            let (from, to) = (build.clavicle.from, build.clavicle.to)
            let span = to - from
            let path = [
                from, from + span * 0.35 + Point(0, -2, 0.06 * span.x), from + span * 0.7 + Point(0, 3, 0.02 * span.x),
                to,
            ]
            let radius = build.clavicle.radius
            tubes(
                path.map(at), from: Point(1.15, 1.15, 1.15) * radius, to: Point(1, 1.2, 0.9) * radius, shell: 0.6,
                marrow: 0.35)
            addScapula(at)
            let (joint, elbow) = (build.shoulder, build.elbow)
            let shaft = elbow - joint
            let bone = build.arm.bone
            tubes(
                [at(joint + shaft * 0.10), at(joint + shaft * 0.5), at(elbow)], from: Point(repeating: bone),
                to: Point(repeating: 0.75 * bone), shell: 0.6, marrow: 0.2)
            self.bone([at(joint - shaft * 0.03), at(joint + shaft * 0.10)], Point(repeating: 1.25 * bone), 0.4)
        }
    }

    /// A thin plate behind the upper ribs with thicker borders, the spine of the blade and the socket.
    private mutating func addScapula(_ at: (Point) -> Point) {
        let joint = build.shoulder
        let size = joint.x / 80
        let back = joint.y + 16 * size
        let socket = Point(joint.x - 9 * size, joint.y + 4 * size, joint.z - 2 * size)
        let upper = Point(joint.x - 38 * size, back + 8 * size, joint.z + 3 * size)
        let lower = Point(joint.x - 26 * size, back + 10 * size, joint.z - 48 * size)
        let border = Point(1.5, 1.5, 1.5) * size
        bone([at(socket), at((socket + lower) * 0.5 + Point(-2, 0, 0) * size), at(lower)], border, 0.75)
        bone([at(upper), at((upper + lower) * 0.5 + Point(-3, 0, 0) * size), at(lower)], border * 0.7, 0.6)
        let acromion = at(Point(joint.x + 2 * size, joint.y - 2 * size, joint.z + 11 * size))
        bone([at(upper + Point(0, 4, -8) * size), at(socket + Point(-8, 10, 8) * size), acromion], border * 1.1, 0.6)
        bone([at(socket + Point(-6, 0, 4) * size), at(socket + Point(-2, -12, 7) * size)], border * 1.4, 0.6)
        for step in 1..<12 {
            let t = Double(step) / 12
            let inner = upper + (lower - upper) * t
            let outer = socket + (lower - socket) * t
            bone([at(inner), at(outer)], Point(2, 0.7, 2.6) * size, 0.3)
        }
    }

    /// Bone of a certain density without a hollow.
    private mutating func bone(_ path: [Point], _ radii: Point, _ density: Double) {
        body.tubes.append(Tube(path, radii, .calcified(density)))
    }

    /// A hollow bone: what is inside of the shell is a second tube that takes away.
    private mutating func tubes(_ path: [Point], from: Point, to: Point, shell: Double, marrow: Double) {
        body.tubes.append(Tube(path, from: from, to: to, .calcified(1)))
        body.tubes.append(Tube(path, from: from * shell, to: to * shell, .hollow(1 - marrow)))
    }
}
