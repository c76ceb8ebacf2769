/// What a site decides where a header is silent or unusual.
public struct ScopePolicy: Sendable, Equatable {
    /// What follows from a missing header element.
    public enum Missing: String, Sendable, Equatable {
        /// The image is not scored.
        case refuse
        /// The image is scored, with a caveat.
        case caveat
    }

    /// An unknown age. Refused unless the site knows that its orders are only for children in range.
    public var missingAge: Missing
    /// No word on burned-in text. CR and DX often say nothing.
    public var missingBurnedIn: Missing
    /// Whether Secondary Capture images are scored.
    public var acceptsSecondaryCapture: Bool
    /// Whether the image itself must resemble those of the training. Off only to measure the network alone: never where
    /// a result is shown to anybody.
    public var gatesImages: Bool

    /// Makes a policy; the defaults are the strict ones that still fit ordinary CR and DX headers.
    public init(
        missingAge: Missing = .refuse, missingBurnedIn: Missing = .caveat, acceptsSecondaryCapture: Bool = false,
        gatesImages: Bool = true
    ) {
        self.missingAge = missingAge
        self.missingBurnedIn = missingBurnedIn
        self.acceptsSecondaryCapture = acceptsSecondaryCapture
        self.gatesImages = gatesImages
    }
}
