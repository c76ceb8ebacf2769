/// What gate and preprocessing need of an image's header, as plain values.
struct ImageHeader: Sendable, Equatable {
    var sopClass = ""
    var modality = ""
    var presentationIntent: String?
    var patientAge: String?
    var isNonHuman = false
    var bodyPart: String?
    var viewPosition: String?
    var numberOfFrames = 1
    var samplesPerPixel = 1
    var burnedInAnnotation: String?
    var photometricInterpretation = ""
    var presentationLUTShape: String?
    var modalityTransform = ModalityTransform.identity
    /// `nil`: the header gives none that can be used, and percentiles take its place.
    var voiTransform: VOITransform?
    /// Stored values that are padding.
    var padding: ClosedRange<Int>?
    var patientOrientation = PatientOrientation.unknown
    var shutters: [Shutter] = []

    var polarity: Polarity {
        Polarity(photometricInterpretation: photometricInterpretation, presentationLUTShape: presentationLUTShape)
    }
}
