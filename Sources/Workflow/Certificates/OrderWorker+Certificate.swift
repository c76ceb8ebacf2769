import Audit
import DICOM
import Deidentification
import FHIR
import Sealing

extension OrderWorker {
    /// The certificate of a study that was de-identified, signed by the installation.
    ///
    /// - Throws: `fault` `certificate.notMade`: nothing was certified, so nothing may be done with the study.
    func certificate(
        of study: Deidentified<Study>, _ receipt: DeidentificationReceipt, from retrieved: RetrievedStudy
    ) throws(AdapterError) -> SignedCertificate {
        guard study.value.instances.count == retrieved.digests.count else { throw Self.notCertified }
        var instances: [CertifiedInstance] = []
        do {
            for (instance, input) in zip(study.value.instances, retrieved.digests) {
                let bytes = try instance.serialized()
                instances.append(
                    CertifiedInstance(
                        instance.dataSet, transferSyntax: instance.transferSyntax ?? .explicitVRLittleEndian,
                        input: Digest(hex: input), output: Digest.sha256(bytes), size: bytes.count))
            }
            let certificate = DeidentificationCertificate(
                receipt, studyInstanceUID: study.value.studyInstanceUID.value, instances: instances,
                leftOut: retrieved.leftOut,
                time: FHIRInstant(microsecondsSinceEpoch: clock.now().microseconds).text)
            return try SignedCertificate(certificate, key: keys.certificateKeys.last)
        } catch {
            throw Self.notCertified
        }
    }

    private static let notCertified = AdapterError(.fault, code: "certificate.notMade")
}
