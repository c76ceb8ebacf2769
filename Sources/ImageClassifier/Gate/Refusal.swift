/// Why no image of a study was scored. This is never a negative result.
public struct Refusal: Sendable, Equatable {
    /// The stable code.
    public let code: RefusalCode
    /// Words for the clinician, without identifiers.
    public let reason: String
    /// Index of the instance that came closest to being scored.
    public let instance: Int?
    /// The model that was asked.
    public let model: ModelIdentity
}

/// Stable codes of refusals, from the outermost condition to the innermost.
public enum RefusalCode: String, Sendable, Equatable, CaseIterable {
    /// Modality is not one that the model was made for.
    case modalityNotSupported
    /// The kind of object (SOP class) is not one that the model was made for.
    case objectNotSupported
    /// The image is raw data for processing, not for presentation.
    case forProcessing
    /// The patient is not human.
    case speciesNotHuman
    /// The age is outside the model's range.
    case ageOutOfRange
    /// The age is unknown.
    case ageMissing
    /// The body part is not the chest.
    case bodyPartNotChest
    /// The view is not frontal.
    case viewNotFrontal
    /// The image holds more than one frame.
    case multipleFrames
    /// The image is not a grey one.
    case notGrayscale
    /// Text is burned into the image.
    case burnedInAnnotation
    /// The pixel encoding is one that preprocessing does not read.
    case pixelFormatNotSupported
    /// The image has no usable contrast or is too small.
    case imageUnusable
    /// The image lies on its side or upside down.
    case imageRotated
    /// The image's grey scale is inverted, whatever its header says of polarity.
    case imageInverted
    /// The image does not look like the frontal chest radiographs of the training.
    case imageNotLikeTraining

    /// Words for the clinician.
    public var reason: String {
        switch self {
        case .modalityNotSupported: "The image is not a plain radiograph (CR or DX)."
        case .objectNotSupported: "This kind of image object is not analysed."
        case .forProcessing: "The image is unprocessed detector data, not an image for presentation."
        case .speciesNotHuman: "The patient is not human."
        case .ageOutOfRange: "The patient's age is outside the range that the model was made for."
        case .ageMissing: "The patient's age at the examination is unknown; the model is limited to a range of ages."
        case .bodyPartNotChest: "The image does not show the chest."
        case .viewNotFrontal: "The view is not frontal (AP or PA)."
        case .multipleFrames: "The image consists of several frames."
        case .notGrayscale: "The image is not a grey-scale image."
        case .burnedInAnnotation: "Text is burned into the image."
        case .pixelFormatNotSupported: "The image's pixel format is not supported."
        case .imageUnusable: "The image is too small or has no contrast."
        case .imageRotated: "The image appears to lie on its side or upside down; the header does not say so."
        case .imageInverted:
            "The image's grey scale appears to be inverted: its header and its content contradict each other."
        case .imageNotLikeTraining: "The image does not resemble the frontal chest radiographs the model was made for."
        }
    }
}
