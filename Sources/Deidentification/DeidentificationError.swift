public import DICOM

/// Why a study was not de-identified. Nothing leaves then. It names an element at most, never what stands there.
public struct DeidentificationError: Error, Hashable, Sendable {
    /// The reason; the raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// The shipped table or the data dictionary cannot be read.
        case profileUnavailable
        /// A profile file has a mistake: key path and line say where.
        case profileInvalid
        /// A profile asks for options that exclude each other (113106 and 113107).
        case profileOptionsConflict
        /// A profile asks for an option that this program cannot apply (113102), and must not claim.
        case profileOptionUnsupported
        /// A rule or mask file for text in pixels has a mistake: key path and line say where.
        case pixelRulesInvalid
        /// There is no instance.
        case emptyStudy
        /// An instance names another study, or none.
        case inconsistentStudy
        /// Dates are to move by patient, and the study's objects name several.
        case patientAmbiguous
        /// SOP Class or SOP Instance UID is missing or malformed.
        case missingInstanceUID
        /// The object is no image, or a kind for which no cleaner exists (reports, documents, waveforms, plans).
        case unsupportedObject
        /// Text is burned into the pixels, or the kind of image makes it likely (PS3.15 §E.3.1).
        case burnedInAnnotation
        /// Words were read in the pixels that are no markers, or that belong to the patient.
        case textDetected
        /// Something in the pixels looks like text and could not be read.
        case textUnsure
        /// The pixels had to be searched for text and could not be.
        case textDetectionUnavailable
        /// The rules demand a mask over the pixels, and no template fits the device.
        case maskMissing
        /// More than one template fits.
        case maskAmbiguous
        /// A template fits the device, and none fits the size of the image.
        case maskSizeDiffers
        /// A template takes its regions from the header, which has none that can be used.
        case maskRegionsUnusable
        /// The encoded pixel data can hold text that cannot be removed here, or are another picture than the header says.
        case pixelDataNotCleanable
        /// Items are nested deeper than 64.
        case tooDeep
        /// There are more than 1,000 different names and identifiers in the headers of one study.
        case tooManyIdentifiers
        /// An identifier of the original was found in the result.
        case identifierRemains
        /// The result could not be searched for what is left of the original.
        case notSearchable
        /// The random pseudonyms handed out could not be kept: they could never be led back.
        case pseudonymsNotKept
        /// The certificates for reversible de-identification cannot be read, or a key is too weak or of another kind.
        case recipientsUnusable
        /// The original attributes could not be sealed, so the object could not be reversed.
        case originalNotSealed
        /// The object holds no Encrypted Attributes, or the crosswalk does not know its pseudonyms.
        case notReversible
        /// The Encrypted Attributes were made for others, or were altered.
        case envelopeUnreadable
    }

    /// The reason.
    public let code: Code
    /// The index of the instance, where one is concerned.
    public let instance: Int?
    /// The element, where one is concerned.
    public let tag: Tag?
    /// Where in a profile file, as in `options[2]`.
    public let keyPath: String?
    /// The line of the profile file, from 1.
    public let line: Int?

    /// An error at a place, as far as it is known.
    public init(
        _ code: Code, instance: Int? = nil, tag: Tag? = nil, keyPath: String? = nil, line: Int? = nil
    ) {
        self.code = code
        self.instance = instance
        self.tag = tag
        self.keyPath = keyPath
        self.line = line
    }

    /// The same error with the index of its instance.
    func at(instance: Int) -> Self {
        DeidentificationError(code, instance: instance, tag: tag, keyPath: keyPath, line: line)
    }
}
