/// Failure reasons of the Store transaction (PS3.18 table I.2-2).
enum StoreRefusal: Int, Error, Sendable {
    /// The instance is of another study than the request, or of another study than the one stored under its UID.
    case processingFailure = 0x0110
    /// Another file is stored under the same SOP Instance UID.
    case duplicateSOPInstance = 0x0111
    /// The bounds of the archive are reached.
    case outOfResources = 0xA700
    /// The data set lacks what every composite instance has.
    case dataSetMismatch = 0xA900
    /// No DICOM file.
    case cannotUnderstand = 0xC000
}
