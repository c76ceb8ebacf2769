public import DICOM
public import Deidentification
public import MessageDeidentification
public import Sealing
public import SecondOpinion

/// What a run over files works with.
public struct RunSettings: Sendable {
    /// What is applied to each file.
    public var profile: DeidentificationProfile
    /// Where replacements come from; the same source for all files, so that they stay linked.
    public var pseudonyms: any PseudonymSource
    /// Rules and masks for text in pixels.
    public var burnedIn: BurnedInPolicy
    /// What decodes frames that are masked or searched.
    public var decoder: any FrameDecoder
    /// What searches frames for text; nil where nothing does, so that whoever needs it is left out.
    public var detector: (any TextDetector)?
    /// Who can undo it (PS3.15 §E.1.1); nil for nobody.
    public var recipients: EnvelopeRecipients?
    /// Whether somebody can lead results back besides the holders of the key of the pseudonyms.
    public var isReversible: Bool { recipients != nil || pseudonyms is Crosswalk }
    /// Signs certificates; nil for certificates without a signature.
    public var signingKey: SignatureKey?
    /// Keys whose signatures count on what earlier runs left: all of the installation.
    public var verifiers: [SignatureVerifier] = []
    /// What stays of messages and resources; nil for the rules that ship with the program.
    public var messageRules: MessageRules?
    /// What is known of all patients besides their headers.
    public var identity = KnownIdentity()
    /// The folder for the results.
    public var output: String
    /// Where copies of what is left out are put, with a list; nil for nowhere.
    public var quarantine: String?
    /// How many files are worked on at a time.
    public var jobs: Int
    /// Whether results that are there already, and are whole, are passed over instead of being an error.
    public var resumes = false

    /// The settings without which nothing goes.
    public init(
        profile: DeidentificationProfile, pseudonyms: any PseudonymSource, decoder: any FrameDecoder,
        detector: (any TextDetector)? = nil, burnedIn: BurnedInPolicy? = nil, output: String, jobs: Int = 2
    ) {
        self.profile = profile
        self.pseudonyms = pseudonyms
        self.decoder = decoder
        self.detector = detector
        self.burnedIn = burnedIn ?? BurnedInPolicy(gate: profile.textGate)
        self.output = output
        self.jobs = max(jobs, 1)
    }
}
