public import DICOM
public import Deidentification
import Sealing

/// One DICOM file for a research archive: all that such an archive is ever sent.
///
/// Bytes become one only through a `Deidentified` study: there is no initialiser that takes bytes or an instance, so
/// identified bytes do not compile into a request.
public struct ExportObject: Sendable {
    /// SOP Instance UID, a pseudonym.
    public let sopInstanceUID: UID
    /// The file (PS3.10 §7).
    public let bytes: [UInt8]

    /// The file of one instance. Throws what serializing throws; `noSuchFrame` for an index outside the study.
    public init(_ study: Deidentified<Study>, instance index: Int) throws(DICOMError) {
        guard study.value.instances.indices.contains(index) else { throw DICOMError(.noSuchFrame) }
        let instance = study.value.instances[index]
        guard let uid = instance.sopInstanceUID else {
            throw DICOMError(.missingInstanceUID, tag: .sopInstanceUID)
        }
        sopInstanceUID = uid
        bytes = try instance.serialized()
    }

    /// The certificate of a study's copy as an object of that copy.
    init(
        _ certificate: SignedCertificate, of study: Deidentified<Study>, pseudonyms: any PseudonymSource
    ) throws(DICOMError) {
        let report = try CertificateReport.instance(certificate, of: study, pseudonyms: pseudonyms)
        guard let uid = report.sopInstanceUID else {
            throw DICOMError(.missingInstanceUID, tag: .sopInstanceUID)
        }
        sopInstanceUID = uid
        bytes = try report.serialized()
    }
}

extension ExportObject: CustomStringConvertible, CustomReflectable {
    /// Tells nothing of the content.
    public var description: String { "<export object of \(bytes.count) bytes>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
