/// Whether small stored values are bright. Decided once, from two elements that say the same thing twice.
struct Polarity: Sendable, Equatable {
    let isInverted: Bool
    /// The two elements contradict each other; where either says so, small values were taken as bright.
    let isContradictory: Bool

    /// MONOCHROME1 and PresentationLUTShape INVERSE both mean "invert", and together they still mean it once
    /// (PS3.3 C.8.11.3.1.2: INVERSE goes with MONOCHROME1, IDENTITY with MONOCHROME2).
    init(photometricInterpretation: String, presentationLUTShape: String?) {
        let first = photometricInterpretation == "MONOCHROME1"
        switch presentationLUTShape {
        case "INVERSE":
            (isInverted, isContradictory) = (true, !first)
        case "IDENTITY":
            (isInverted, isContradictory) = (first, first)
        default:
            (isInverted, isContradictory) = (first, false)
        }
    }
}
