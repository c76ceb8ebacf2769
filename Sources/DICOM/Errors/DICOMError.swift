/// Why bytes, values or pixels were not accepted as DICOM. It names a place, never what stands there.
public struct DICOMError: Error, Hashable, Sendable {
    /// The kind of defect; the raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        // Reading a file (PS3.5, PS3.10)
        case tooManyBytes
        case notPart10
        case missingTransferSyntax
        case unsupportedTransferSyntax
        case truncated
        case lengthBeyondEnd
        case undefinedLengthNotAllowed
        case tooDeep
        case tooManyElements
        case invalidTag
        case invalidVR
        case duplicateElement
        case unexpectedDelimiter
        case unorderedCharacterSet
        case inflateFailed
        case missingInstanceUID
        case readersDisagree
        case unreadable
        // Writing
        case undecodedText
        case valueDoesNotFitVR
        // Pixels (PS3.3 C.7.6.3, PS3.5 §8)
        case noPixelData
        case missingPixelAttribute
        case invalidPixelAttribute
        case tooManyPixels
        case pixelDataTooShort
        case noSuchFrame
        case decodeFailed
        case decompressionRatioTooHigh
        // The worker process that decodes
        case decoderCrashed
        case decoderTimedOut
        case decoderUnavailable
        // DICOM JSON (PS3.18 Annex F)
        case invalidJSON
        // The installation
        case dictionaryUnavailable
        case libraryFault
    }

    /// The kind of defect.
    public let code: Code
    /// The element concerned, where known.
    public let tag: Tag?
    /// The offset in the bytes read (in the inflated data set, for a deflated one), where known.
    public let offset: Int?

    /// An error at a place, as far as it is known.
    public init(_ code: Code, tag: Tag? = nil, offset: Int? = nil) {
        self.code = code
        self.tag = tag
        self.offset = offset
    }
}
