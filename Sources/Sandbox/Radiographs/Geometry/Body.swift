/// A phantom: solids, of which a later one displaces the earlier ones; what fills the lungs; and tubes, which displace
/// whatever they are in.
struct Body: Sendable {
    var solids: [Solid] = []
    var infiltrate: Infiltrate?
    var tubes: [Tube] = []

    /// What the solids hold at a point.
    func material(at point: Point) -> Material {
        solids.last { $0.contains(point) }?.material ?? .air
    }

    /// 1/mm, without the tubes.
    func attenuation(at point: Point) -> Double {
        let material = material(at: point)
        guard material == .lung, let infiltrate else { return material.attenuation }
        return material.attenuation + infiltrate.share(at: point) * Material.filling
    }
}
