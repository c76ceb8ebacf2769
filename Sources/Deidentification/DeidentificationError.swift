public import DICOM

/// Why a study was not de-identified. Nothing leaves then. It names an element at most, never what stands there.
public struct DeidentificationError: Error, Hashable, Sendable {
    /// The reason; the raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// The shipped table or the data dictionary cannot be read.
        case profileUnavailable
        /// There is no instance.
        case emptyStudy
        /// An instance names another study, or none.
        case inconsistentStudy
        /// SOP Class or SOP Instance UID is missing or malformed.
        case missingInstanceUID
        /// The object is no image, or a kind for which no cleaner exists (reports, documents, waveforms, plans).
        case unsupportedObject
        /// Text is burned into the pixels, or the kind of image makes it likely (PS3.15 §E.3.1).
        case burnedInAnnotation
        /// The encoded pixel data can hold text that cannot be removed here.
        case pixelDataNotCleanable
        /// Items are nested deeper than 64.
        case tooDeep
        /// There are more than 1,000 different names and identifiers in the headers of one study.
        case tooManyIdentifiers
        /// An identifier of the original was found in the result.
        case identifierRemains
    }

    /// The reason.
    public let code: Code
    /// The index of the instance, where one is concerned.
    public let instance: Int?
    /// The element, where one is concerned.
    public let tag: Tag?

    /// An error at a place, as far as it is known.
    public init(_ code: Code, instance: Int? = nil, tag: Tag? = nil) {
        self.code = code
        self.instance = instance
        self.tag = tag
    }
}
