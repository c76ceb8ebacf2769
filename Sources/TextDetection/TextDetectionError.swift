/// Why text cannot be looked for on this machine.
public struct TextDetectionError: Error, Hashable, Sendable {
    /// The reason; the raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// libtesseract.so.5 is not installed (Debian: libtesseract5).
        case recogniserMissing
        /// The language data of the recogniser are not installed (Debian: tesseract-ocr-eng).
        case languageDataMissing
        /// The recogniser did not answer in the time it is given.
        case timeout
        /// The recogniser gave up.
        case recogniserFailed
    }

    /// The reason.
    public let code: Code

    /// An error with its reason.
    public init(_ code: Code) { self.code = code }
}
