internal import DICOM
internal import Deidentification
internal import Sealing
internal import SecondOpinion

/// The certificate of one study, beside its series: `<study>/certificate.json`. What a later run adds gets one of its
/// own, `certificate-2.json` and so on, which names all results: a certificate that was given away stays as it is.
struct StudyCertificate {
    let settings: RunSettings
    let folder: OutputFolder

    /// Nil where there is nothing to certify that an earlier run did not. Throws `certificate.notSigned`.
    func certificate(of study: StudyWork.Made) throws(LeftOut) -> SignedCertificate? {
        guard let name = study.results.first?.study else { return nil }
        // A run that ended before its certificate leaves results that none names.
        if study.written.isEmpty, try isCertified(study.results, in: "\(folder.path)/\(name)") { return nil }
        let results = study.results.sorted { $0.instance < $1.instance }
        var opinion = SearchResult.Statistics()
        for result in results { opinion.add(result.written.opinion.statistics) }
        let receipt = study.deidentifier.receipt(
            inputDigest: Self.digest(results.map(\.receipt.inputDigest)),
            outputDigest: Self.digest(results.map(\.receipt.outputDigest)), secondOpinion: opinion)
        let certificate = DeidentificationCertificate(
            receipt, studyInstanceUID: name, instances: results.map(\.certified), leftOut: study.leftOut,
            time: Instant.now(), reversible: settings.isReversible, detector: Self.detector(results))
        do {
            return try SignedCertificate(certificate, key: settings.signingKey)
        } catch {
            throw LeftOut("certificate.notSigned")
        }
    }

    /// Whether certificates of the installation that are there name all results as they are.
    private func isCertified(_ results: [InstanceReceipt], in folder: String) throws(LeftOut) -> Bool {
        var open = Dictionary(
            results.map { ($0.instance, $0.certified.output) }, uniquingKeysWith: { first, _ in first })
        var number = 1
        while !open.isEmpty, OutputFolder.exists(Self.path(in: folder, number)) {
            let file = try OpenedFile(InputPath(Self.path(in: folder, number)), digests: false)
            let bytes = try LeftOut.dicom { () throws(DICOMError) in try file.bytes(at: 0, count: file.count) }
            number += 1
            guard let certificate = SignedCertificate(parsing: bytes), isOurs(certificate) else { continue }
            for instance in certificate.certificate.instances where open[instance.sopInstanceUID] == instance.output {
                open[instance.sopInstanceUID] = nil
            }
        }
        return open.isEmpty
    }

    private func isOurs(_ certificate: SignedCertificate) -> Bool {
        settings.signingKey == nil ? certificate.signature == nil : certificate.isSigned(byOneOf: settings.verifiers)
    }

    private static func path(in folder: String, _ number: Int) -> String { "\(folder)/\(name(number))" }

    private static func name(_ number: Int) -> String {
        number == 1 ? "certificate.json" : "certificate-\(number).json"
    }

    /// Writes it into the folder of its study. Throws what writing throws.
    func put(_ certificate: SignedCertificate) throws(LeftOut) {
        let folder = "\(self.folder.path)/\(certificate.certificate.studyInstanceUID)"
        var number = 1
        while true {
            let file = try NewFile(in: folder)
            try file.write(certificate.serialized)
            do {
                return try file.commit(as: Self.name(number))
            } catch  where error.code == "file.exists" && number < 10_000 {
                number += 1
            }
        }
    }

    /// SHA-256 over the digests of the files, in the order of the instances.
    private static func digest(_ digests: [String]) -> String {
        Digest.sha256(Array(digests.joined(separator: "\n").utf8)).hex
    }

    /// How many objects had which verdict.
    private static func detector(_ results: [InstanceReceipt]) -> [String: Int] {
        Dictionary(results.map { ($0.receipt.burnedIn.rawValue, 1) }, uniquingKeysWith: +)
    }
}
