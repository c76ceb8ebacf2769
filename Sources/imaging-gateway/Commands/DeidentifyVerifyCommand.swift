import ArgumentParser
import Deidentification
import Foundation
import Gateway
import Sealing

/// Verifies certificates against files, keys and the audit log.
struct DeidentifyVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verifies a certificate of de-identification: signature, files, second opinion, audit log.",
        discussion: """
            Every given file must be certified and as it was written, and none may be missing; the marks of \
            de-identification must be those of the certificate; and the second opinion is asked again: for residual \
            dates always, for the patient's identifiers where --original names the identified files (their digests are \
            compared too; in folders the files of other studies are counted and passed over). Files are told apart by \
            what they hold, whatever their names are. Without FILES only the signature and the audit log are looked at.

            A study that several runs added to has several certificates. Each further one that is given is verified \
            like the first. One that only lies among the files vouches for those it names if it is about the same \
            study and signed with the same key: they are told, and are no added files.

            The signature is verified with --public-key (a file made by `deidentify certificate --public-keys`), or \
            with the keys of the installation of --config. With --config the audit log must hold the certificate's \
            digest; that reading is recorded. With --bundle neither is needed: a file of `audit export` encloses the \
            keys, and must hold the record that names the certificate. Exit code 1: something is wrong.

            Examples:
              imaging-gateway deidentify verify certificate.json out/ --public-key certificate-keys.txt
              imaging-gateway deidentify verify certificate.json out/ --original study/ --config gateway.yaml --json
              imaging-gateway deidentify verify certificate.json certificate-2.json out/ --config gateway.yaml
              imaging-gateway deidentify verify certificate.json --bundle order.igaudit --log-key audit-log.vkey
            """)

    @Argument(help: "The certificate.", completion: .file(extensions: ["json"]))
    var certificate: String
    @Argument(help: "The written files, or folders of them; further certificates.", completion: .file())
    var files: [String] = []
    @Option(
        name: .long, parsing: .upToNextOption,
        help: ArgumentHelp("The identified files, or folders of them.", valueName: "path"), completion: .file())
    var original: [String] = []
    @Option(name: .long, help: ArgumentHelp("Public keys, one a line.", valueName: "file"), completion: .file())
    var publicKey: String?
    @Option(
        name: .long, help: ArgumentHelp("The installation whose log holds the reference.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?
    @OptionGroup var evidence: BundleEvidence
    @OptionGroup var emergency: EmergencyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        // "--original a b" takes all that follows: nothing would be compared, and the certificate would seem to hold.
        if !original.isEmpty, files.isEmpty {
            throw ValidationError("--original needs the written FILES, which stand before it or behind another option")
        }
    }

    func run() async throws {
        let given = try emergency.emergency()
        var report = CertificateReportOfVerification()
        try await withGatewayErrors(json: output.json) {
            guard let first = SignedCertificate(parsing: try FilesOnDisk.read(certificate)) else {
                report.add(CertificateProblem(.malformed), at: certificate)
                return
            }
            report.certificates = [.init(path: certificate, signed: first)]
            var paths: [String] = []
            for path in files {
                guard !InputFiles.isFolder(path), let other = try FilesOnDisk.certificate(path) else {
                    paths.append(path)
                    continue
                }
                guard !report.certificates.contains(where: { $0.signed == other }) else { continue }
                report.certificates.append(.init(path: path, signed: other))
            }
            let configuration = try config.map { try Configuration.load(path: $0) }
            let enclosed = try evidence.keys(&report)
            var keys = try self.keys(configuration)
            // A bundle whose log nobody vouches for may be anybody's: it adds no key to those that were given.
            if report.isBundleTrusted != false || keys.isEmpty { keys += enclosed }
            verifySignatures(keys, &report)
            if !paths.isEmpty || !original.isEmpty { try verify(paths, keys, &report) }
            if let configuration { try await CertificateInLog.find(configuration, emergency: given, &report) }
        }
        output.json ? show(report.json) : report.printLines()
        guard report.problems.isEmpty else { throw ExitCodes.found }
    }

    /// Those of `--public-key`, else of the installation; none where neither is given.
    private func keys(_ configuration: Configuration?) throws -> [SignatureVerifier] {
        if let publicKey {
            guard let read = CertificateKeyLine.keys(String(decoding: try FilesOnDisk.read(publicKey), as: UTF8.self))
            else {
                throw CommandFailure(
                    "certificate.keyUnreadable", "--public-key: no file of public keys", exit: ExitCodes.configuration)
            }
            return read
        }
        guard let configuration else { return [] }
        return try KeyFile.load(path: configuration.keys).certificateKeys.map(\.verifier)
    }

    private func verifySignatures(_ keys: [SignatureVerifier], _ report: inout CertificateReportOfVerification) {
        for (index, certificate) in report.certificates.enumerated() {
            let code: CertificateProblem.Code? =
                if certificate.signed.signature == nil {
                    .unsigned
                } else if keys.isEmpty {
                    .keyMissing
                } else {
                    certificate.signed.isSigned(byOneOf: keys) ? nil : .signature
                }
            if let code { report.add(CertificateProblem(code, certificate: index)) }
        }
    }
}
