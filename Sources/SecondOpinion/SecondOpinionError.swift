/// Why a second opinion could not be given. What could not be searched counts as not clean: the caller stops.
public struct SecondOpinionError: Error, Hashable, Sendable {
    /// The reason; the raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        /// More than 5,000 names, identifiers, dates and texts, or more than 200,000 UIDs, are known of one study, or so
        /// many that begin alike that a file made for it could not be searched in time.
        case tooManyIdentifiers
        /// The written bytes are no DICOM file, or end inside an element.
        case malformedFile
        /// Items are nested deeper than 64.
        case tooDeep
        /// The deflated data set cannot be inflated, or inflates to more than a thousand times its size.
        case notInflatable
    }

    /// The reason.
    public let code: Code
    /// Position in the file, where one is concerned.
    public let offset: Int?

    /// An error at a place, as far as it is known.
    public init(_ code: Code, offset: Int? = nil) {
        self.code = code
        self.offset = offset
    }
}
