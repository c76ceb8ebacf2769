/// A chest made of ellipsoids and bent tubes, and radiographs of it: generated images, so that the sandbox ships no
/// patient's.
///
/// The physics is plain: line integrals of attenuation along parallel rays, Beer and Lambert, scatter, quantum noise,
/// logarithm, display processing. Nothing of a real image is in it, neither pixels nor averages. Proportions,
/// attenuation of the lungs, window, range compression, edge enhancement and the size of the default opacity were
/// chosen by hand, so that it looks like films of small children lying with raised arms and has about their spread of
/// grey values, and so that the bundled model's gate lets it through and the model finds most films without opacity
/// negative and those with the default opacity in a lower zone positive; in other zones it is often undecided. So the
/// model's answers were looked at while tuning: **that it answers as the scenario wants says nothing of how good the
/// model is**, and a phantom must not be used to judge it.
///
/// The same seed gives the same image; the seed varies the anatomy by some per cent. An opacity changes no anatomy.
/// There are no letters in the image. Pixel values may differ in the last bit between machines, as `exp` and `log` do.
struct ChestPhantom: Sendable {
    /// Whose proportions.
    enum Build: String, Sendable { case child, adult }
    /// The direction of the rays.
    enum View: String, Sendable { case anteroPosterior, lateral }

    let body: Body
    private let proportions: Proportions
    private let seed: UInt64

    init(seed: UInt64, build: Build = .child, opacity: Opacity? = nil) {
        self.seed = seed
        proportions = build == .child ? .child : .adult
        body = Anatomy.body(proportions, seed: seed, opacity: opacity)
    }

    /// The longer side of the film gets `side` pixels.
    func radiograph(_ view: View, side: Int) -> GreyImage {
        let grid = grid(view, side: side)
        let projection = Projection(body, along: view == .lateral ? .x : .y, grid: grid)
        var random = SplitMix64(seed: seed &* 0x2545_F491_4F6C_DD1D &+ (view == .lateral ? 1 : 0))
        let signal = Detector().signal(projection, random: &random)
        return Presentation().render(signal, spacing: grid.spacing)
    }

    /// A section through the heart and the ninth vertebra, as an examination of another modality.
    func transverseSlice(side: Int) -> TransverseSlice {
        var random = SplitMix64(seed: seed ^ 0xC7)
        return TransverseSlice(
            body, z: proportions.firstVertebra - 8 * proportions.vertebraStep, width: 1.15 * proportions.film.width,
            side: side, random: &random)
    }

    /// Pixels of the film.
    func grid(_ view: View, side: Int) -> Projection.Grid {
        let width = view == .lateral ? proportions.film.lateralWidth : proportions.film.width
        let height = proportions.film.height
        let spacing = max(width, height) / Double(max(side, 1))
        return Projection.Grid(
            rows: Int((height / spacing).rounded()), columns: Int((width / spacing).rounded()), spacing: spacing,
            centre: .zero)
    }
}
