/// What a verification of a certificate found wrong. It names an object by its place in the certificate, or a file by its
/// place in what was given, never by a value.
public struct CertificateProblem: Sendable, Hashable {
    /// What is wrong; the raw values are stable.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The file is no certificate of a known format, or not in its one form.
        case malformed = "certificate.malformed"
        /// Nobody signed it.
        case unsigned = "certificate.unsigned"
        /// None of the given keys signed it, or it was changed.
        case signature = "certificate.signature"
        /// There is no key to verify the signature with.
        case keyMissing = "certificate.keyMissing"
        /// A certified file is not among those given, or not as it was written.
        case fileMissing = "certificate.fileMissing"
        /// A file has the UID of a certified one, and other bytes.
        case fileChanged = "certificate.fileChanged"
        /// A file is not certified.
        case fileAdded = "certificate.fileAdded"
        /// A file is given twice.
        case fileTwice = "certificate.fileTwice"
        /// A file is no DICOM file.
        case fileUnreadable = "certificate.fileUnreadable"
        /// The marks of de-identification in a file are missing, or others than those certified.
        case marks = "certificate.marks"
        /// The second opinion found an identifier or a date.
        case residual = "certificate.residual"
        /// An original file of the study is not one of those that were de-identified.
        case originalUnknown = "certificate.originalUnknown"
        /// The audit log holds no reference to the certificate.
        case notInAuditLog = "certificate.notInAuditLog"
        /// The audit bundle that encloses the keys is not intact.
        case bundle = "certificate.bundle"
    }

    /// What is wrong.
    public let code: Code
    /// The file's place among those given, from 0; nil where it is none of them.
    public let file: Int?
    /// The certificate's place among those given and then those beside them, from 0; nil where it is about none.
    public let certificate: Int?
    /// The object's place in the certificate, from 0; nil where it is none of them.
    public let instance: Int?
    /// Kind and place of a residual, such as `name at 0008,103E`.
    public let place: String?

    /// A problem at a place, as far as it is known.
    public init(
        _ code: Code, file: Int? = nil, certificate: Int? = nil, instance: Int? = nil, place: String? = nil
    ) {
        self.code = code
        self.file = file
        self.certificate = certificate
        self.instance = instance
        self.place = place
    }
}
