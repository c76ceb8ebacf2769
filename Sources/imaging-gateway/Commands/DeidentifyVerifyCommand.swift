import ArgumentParser
import DICOM
import Deidentification
import Foundation
import Gateway
import JSON
import Sealing
import SecondOpinion

/// Verifies a certificate against files, keys and the audit log.
struct DeidentifyVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verifies a certificate of de-identification: signature, files, second opinion, audit log.",
        discussion: """
            Every given file must be certified and as it was written, and none may be missing; the marks of \
            de-identification must be those of the certificate; and the second opinion is asked again: for residual \
            dates always, for the patient's identifiers where --original names the identified files (their digests are \
            compared too). Without FILES only the signature and the audit log are looked at.

            The signature is verified with --public-key (a file made by `deidentify certificate --public-keys`), or \
            with the keys of the installation of --config. With --config the audit log must hold the certificate's \
            digest; that reading is recorded. Exit code 1: something is wrong.

            Examples:
              imaging-gateway deidentify verify certificate.json out/ --public-key certificate-keys.txt
              imaging-gateway deidentify verify certificate.json out/ --original study/ --config gateway.yaml --json
            """)

    @Argument(help: "The certificate.", completion: .file(extensions: ["json"]))
    var certificate: String
    @Argument(help: "The written files, or folders of them.", completion: .file())
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
    @OptionGroup var emergency: EmergencyOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let given = try emergency.emergency()
        var report = CertificateReportOfVerification()
        try await withGatewayErrors(json: output.json) {
            guard let signed = SignedCertificate(parsing: try Self.read(certificate)) else {
                report.problems.append(CertificateProblem(.malformed))
                return
            }
            report.certificate = signed
            let configuration = try config.map { try Configuration.load(path: $0) }
            try verifySignature(signed, configuration, &report)
            if !files.isEmpty { try verifyFiles(signed.certificate, &report) }
            if let configuration {
                report.place = try await CertificateInLog.find(signed, configuration, emergency: given)
                if report.place == nil { report.problems.append(CertificateProblem(.notInAuditLog)) }
            }
        }
        output.json ? show(report.json) : report.printLines()
        guard report.problems.isEmpty else { throw ExitCodes.found }
    }

    private func verifySignature(
        _ signed: SignedCertificate, _ configuration: Configuration?, _ report: inout CertificateReportOfVerification
    ) throws {
        guard signed.signature != nil else { return report.problems.append(CertificateProblem(.unsigned)) }
        var keys: [SignatureVerifier] = []
        if let publicKey {
            guard let read = CertificateKeyLine.keys(String(decoding: try Self.read(publicKey), as: UTF8.self)) else {
                throw CommandFailure(
                    "certificate.keyUnreadable", "--public-key: no file of public keys", exit: ExitCodes.configuration)
            }
            keys = read
        } else if let configuration {
            keys = try KeyFile.load(path: configuration.keys).certificateKeys.map(\.verifier)
        }
        guard !keys.isEmpty else { return report.problems.append(CertificateProblem(.keyMissing)) }
        if !signed.isSigned(byOneOf: keys) { report.problems.append(CertificateProblem(.signature)) }
    }

    private func verifyFiles(
        _ certificate: DeidentificationCertificate, _ report: inout CertificateReportOfVerification
    ) throws {
        var identity = KnownIdentity()
        var digests: [Digest] = []
        for path in try Self.all(original) {
            let bytes = try Self.read(path)
            digests.append(Digest.sha256(bytes))
            guard let instance = try? Instance(parsing: bytes) else { continue }
            do { try identity.collect(from: instance.dataSet) } catch { throw Self.tooMany }
        }
        report.problems += CertificateVerification.originals(digests, of: certificate)
        var verification: CertificateVerification
        do {
            verification = try CertificateVerification(certificate, identity: identity)
        } catch {
            throw Self.tooMany
        }
        let skipped = Set([self.certificate].map { URL(fileURLWithPath: $0).standardizedFileURL.path })
        for path in try Self.all(files) where !skipped.contains(URL(fileURLWithPath: path).standardizedFileURL.path) {
            verification.examine(try Self.read(path))
            report.paths.append(path)
        }
        verification.finish()
        report.problems += verification.problems
        report.statistics = verification.statistics
        report.knownValues = identity.count
    }

    private static func all(_ paths: [String]) throws -> [String] {
        let input = InputFiles(paths)
        guard input.unreadable.isEmpty else {
            throw CommandFailure(
                "folder.unreadable", "a folder cannot be looked into", exit: ExitCodes.unusable)
        }
        // Receipts and certificates lie beside the files they are about.
        return input.all.filter { paths.contains($0) || !$0.hasSuffix(".json") }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("file.unreadable", "a file cannot be read: \(path)", exit: ExitCodes.unusable)
        }
        return Array(data)
    }

    private static let tooMany = CommandFailure(
        "deidentification.tooManyIdentifiers", "--original names more than can be searched for at once",
        exit: ExitCodes.unusable)
}
