/// What the phantom is made of: linear attenuation in 1/mm for the mean energy of a filtered 70 kV beam behind a child
/// (about 45 keV), from the mass attenuation coefficients that NIST tabulates (water 0.0245, cortical bone 0.105 at a
/// density of 1.7, fat 0.021) and rounded. One energy stands for the spectrum, so beams do not harden.
enum Material: Sendable, Equatable {
    case air
    /// Inflated, 0.28 of the density of water.
    case lung
    case fat
    case softTissue
    case blood
    /// Soft tissue with a share of the mineral of a child's compact bone.
    case calcified(Double)
    /// Marrow in place of a share of that mineral: only as a tube inside one of compact bone.
    case hollow(Double)

    /// 1/mm.
    var attenuation: Double {
        switch self {
        case .air: 0
        case .lung: 0.28 * Self.water
        case .fat: 0.0210
        case .softTissue: 1.03 * Self.water
        case .blood: 1.06 * Self.water
        case .calcified(let share): 1.03 * Self.water + share * Self.mineral
        case .hollow(let share): 1.03 * Self.water - share * Self.mineral
        }
    }

    /// 1/mm.
    static let water = 0.0245
    /// What fluid in place of all air adds to lung, 1/mm.
    static let filling = 0.75 * water
    /// What the mineral of compact bone adds, 1/mm: growing bone has less than an adult's.
    private static let mineral = 0.045
}
