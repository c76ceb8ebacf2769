import DICOM
import Deidentification
import FHIR
import Mapping
import Sealing
import SecondOpinion

extension ExportWorker {
    /// The copy with its certificate, kept by the store before anything is sent.
    ///
    /// The certificate's time is that of the first try: a try that was cut off and the next one make the same bytes.
    func certified(
        _ made: Made, _ retrieved: RetrievedStudy, _ known: KnownIdentity, _ job: ExportJob,
        of patients: [AssignedIdentifier]
    ) async throws(RunFailure) -> PreparedExport {
        let moment = job.firstAttempt ?? job.created
        let (objects, signed, report) = try certificate(made, retrieved, at: moment)
        // Those of the certificate's own object were asked for last.
        guard (try? pseudonyms.commit()) != nil else { throw RunFailure(DeidentificationError(.pseudonymsNotKept)) }
        guard try isClean(report, of: retrieved, known, day: moment) else {
            throw RunFailure(park: .imagesUnreadable, code: "export.certificateHit")
        }
        do throws(AdapterError) {
            let kept = try await store.certificates(of: job.order)
            if !kept.contains(where: { $0.bytes == signed.serialized }) {
                try await store.keep(
                    StoredCertificate(
                        order: job.order, purpose: archive.name, created: moment, bytes: signed.serialized))
            }
        } catch {
            throw RunFailure(error)
        }
        let study = made.study.value.studyInstanceUID
        return PreparedExport(
            study: study, objects: objects, certificate: report, patients: patients,
            copy: ExportedCopy(
                study: study.value, certificate: signed.digest.hex, instances: objects.count,
                leftOut: retrieved.leftOut))
    }

    private func certificate(
        _ made: Made, _ retrieved: RetrievedStudy, at moment: Timestamp
    ) throws(RunFailure) -> (objects: [ExportObject], SignedCertificate, report: ExportObject) {
        let study = made.study.value
        do {
            let objects = try study.instances.indices.map { try ExportObject(made.study, instance: $0) }
            let instances = zip(zip(study.instances, objects), retrieved.digests).map { written, input in
                CertifiedInstance(
                    written.0.dataSet, transferSyntax: written.0.transferSyntax ?? .explicitVRLittleEndian,
                    input: Digest(hex: input), output: Digest.sha256(written.1.bytes), size: written.1.bytes.count)
            }
            let certificate = DeidentificationCertificate(
                made.receipt, studyInstanceUID: study.studyInstanceUID.value, instances: instances,
                leftOut: retrieved.leftOut, time: FHIRInstant(microsecondsSinceEpoch: moment.microseconds).text,
                reversible: archive.isReversible)
            let signed = try SignedCertificate(certificate, key: keys.certificateKeys.last)
            return (objects, signed, try ExportObject(signed, of: made.study, pseudonyms: pseudonyms))
        } catch {
            throw RunFailure(park: .fault, code: "certificate.notMade")
        }
    }

    /// The second opinion on the certificate's own bytes. The day on which it was made stands in it, and is no hit.
    private func isClean(
        _ report: ExportObject, of retrieved: RetrievedStudy, _ known: KnownIdentity, day moment: Timestamp
    ) throws(RunFailure) -> Bool {
        var identity = known
        do throws(SecondOpinionError) {
            for instance in retrieved.study.instances {
                try identity.collect(from: instance.dataSet, under: archive.profile)
            }
            let day = FHIRInstant(microsecondsSinceEpoch: moment.microseconds).text.prefix(10).filter(\.isNumber)
            identity.expect(date: day)
            let dates: DateExpectation = archive.profile.dates == .removed ? .none : .kept
            return try ResidualSearch(for: identity, dates: dates).search(report.bytes).isClean
        } catch {
            throw RunFailure(DeidentificationError(.notSearchable))
        }
    }
}
