/// The colours of an explanation: orange for what raised the score, blue for what lowered it.
///
/// Orange and blue differ for every kind of colour blindness; lines (solid for raised, dashed for lowered) say the same
/// where there is no colour at all.
public enum ContributionScale {
    /// Share of the fixed range from which a region gets a line around it.
    static let outlined = 0.5
    /// How much of the image the full colour hides.
    private static let strongest = 0.6
    private static let raised = (red: 255.0, green: 120.0, blue: 0.0)
    private static let lowered = (red: 0.0, green: 105.0, blue: 255.0)

    /// A grey pixel coloured by a contribution, given as share of the fixed range from −1 to 1; beyond it the colour is
    /// the full one.
    public static func colour(_ gray: UInt8, share: Double) -> (red: UInt8, green: UInt8, blue: UInt8) {
        let strength = min(abs(share), 1) * strongest
        let full = share > 0 ? raised : lowered
        func mixed(_ channel: Double) -> UInt8 {
            UInt8(min(max(Double(gray) * (1 - strength) + channel * strength, 0), 255).rounded())
        }
        return (mixed(full.red), mixed(full.green), mixed(full.blue))
    }

    /// The line around a region that raised (or lowered) the score by at least half of the range.
    static func outline(isRaised: Bool) -> (red: UInt8, green: UInt8, blue: UInt8) {
        isRaised ? (255, 214, 160) : (170, 215, 255)
    }
}
