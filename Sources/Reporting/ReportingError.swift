/// Why no report can be composed. It carries no patient data.
public struct ReportingError: Error, Hashable, Sendable {
    /// Stable codes.
    public enum Code: String, Sendable, CaseIterable {
        /// The EHR's Patient has no id to refer to.
        case patientWithoutID
        /// The probability or a limit is not a number from 0 to 1.
        case probabilityInvalid
        /// A derived name is not a lower-case UUID.
        case nameInvalid
        /// The narrative is not what R4 allows; the place says what is wrong with it.
        case narrativeInvalid
        /// The heat map cannot be written as PNG.
        case imageInvalid
        /// A template has an unknown, missing or unsuitable entry; the place names it.
        case templateInvalid
        /// A bundle is not one that this module composed.
        case bundleInvalid
        /// An HL7 v2 message cannot be encoded, or is not one that this module composed.
        case messageInvalid
    }

    public let code: Code
    /// Where; never patient data.
    public let place: String?

    public init(_ code: Code, _ place: String? = nil) {
        self.code = code
        self.place = place
    }
}
