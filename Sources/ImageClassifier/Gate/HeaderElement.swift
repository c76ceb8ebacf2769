/// What a header rule may look at; the raw values are keywords of the data dictionary (PS3.6), but for the species.
enum HeaderElement: String, Sendable, CaseIterable {
    case sopClass = "SOPClassUID"
    case modality = "Modality"
    case presentationIntent = "PresentationIntentType"
    /// `HUMAN` or `OTHER`, from PatientSpeciesDescription and -CodeSequence; never absent, for silence means human
    /// (PS3.3 C.7.1.1).
    case species = "PatientSpecies"
    /// Completed years; absent where the age is missing or no age string (VR AS).
    case patientAge = "PatientAge"
    case bodyPart = "BodyPartExamined"
    case viewPosition = "ViewPosition"
    case numberOfFrames = "NumberOfFrames"
    case samplesPerPixel = "SamplesPerPixel"
    case photometricInterpretation = "PhotometricInterpretation"
    /// `YES` or `NO`; anything else counts as absent.
    case burnedInAnnotation = "BurnedInAnnotation"

    /// Content of an element, as rules compare it.
    enum Value: Sendable, Equatable {
        case text(String)
        case number(Int)
    }

    /// Whether the element is a number; only `between` fits it, and it fits nothing else.
    var isNumber: Bool {
        switch self {
        case .patientAge, .numberOfFrames, .samplesPerPixel: true
        case .sopClass, .modality, .presentationIntent, .species, .bodyPart, .viewPosition,
            .photometricInterpretation, .burnedInAnnotation:
            false
        }
    }

    /// Whether a site decides what follows from its absence.
    var hasSitePolicy: Bool { self == .patientAge || self == .burnedInAnnotation }

    /// Whether Secondary Capture has values of its own in it.
    var differsInSecondaryCapture: Bool { self == .sopClass || self == .modality }

    /// The element's value; `nil` where it is absent or empty.
    func value(_ header: ImageHeader) -> Value? {
        switch self {
        case .sopClass: Self.text(header.sopClass)
        case .modality: Self.text(header.modality)
        case .presentationIntent: Self.text(header.presentationIntent)
        case .species: .text(header.isNonHuman ? "OTHER" : "HUMAN")
        case .patientAge: header.patientAge.flatMap(PatientAge.init).map { .number($0.years) }
        case .bodyPart: Self.text(header.bodyPart)
        case .viewPosition: Self.text(header.viewPosition)
        case .numberOfFrames: .number(header.numberOfFrames)
        case .samplesPerPixel: header.samplesPerPixel == 0 ? nil : .number(header.samplesPerPixel)
        case .photometricInterpretation: Self.text(header.photometricInterpretation)
        case .burnedInAnnotation:
            Self.text(header.burnedInAnnotation.flatMap { ["YES", "NO"].contains($0) ? $0 : nil })
        }
    }

    private static func text(_ text: String?) -> Value? {
        text.flatMap { $0.isEmpty ? nil : .text($0) }
    }
}
