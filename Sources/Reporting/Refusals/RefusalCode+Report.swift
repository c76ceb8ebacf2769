import FHIR
import ImageClassifier

// The place of each refusal in a report: the words stand in `RefusalCode.reason`, the code of data-absent-reason here.
// There is no default, so that a new code cannot be forgotten.
extension RefusalCode {
    /// Why there is no value (R4 data-absent-reason).
    var dataAbsentReason: Coding {
        switch self {
        case .modalityNotSupported, .objectNotSupported, .forProcessing, .multipleFrames, .notGrayscale,
            .pixelFormatNotSupported:
            Self.absent("unsupported", "Unsupported")
        case .speciesNotHuman, .ageOutOfRange, .bodyPartNotChest, .viewNotFrontal:
            Self.absent("not-applicable", "Not Applicable")
        case .ageMissing:
            Self.absent("unknown", "Unknown")
        case .burnedInAnnotation, .imageUnusable, .imageRotated, .imageInverted, .imageNotLikeTraining:
            Self.absent("not-performed", "Not Performed")
        }
    }

    private static func absent(_ code: String, _ display: String) -> Coding {
        Coding(system: CodeSystem.dataAbsentReason, code: code, display: display)
    }
}

extension IndeterminateReason {
    /// Words for the reader.
    var words: String {
        switch self {
        case .band: "The probability lies between the limits outside which this model decides."
        case .spread: "The model's networks and views of the image disagree: some of them reach the opposite answer."
        }
    }
}

extension Caveat {
    /// Words for the reader of a scored image.
    var words: String {
        switch self {
        case .ageMissing: "The patient's age at the examination is unknown; the model is made for a range of ages."
        case .burnedInAnnotationUnknown: "The image header does not say whether text is burned into the image."
        case .polarityContradiction:
            "The image header contradicts itself about black and white; small stored values were taken as bright."
        case .viewMissing: "The image header does not name the view; a frontal view was assumed."
        }
    }
}
