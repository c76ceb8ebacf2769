import ArgumentParser
import Audit
import Deidentification
import Foundation
import MerkleLog
import Sealing

/// An audit bundle as what a certificate is verified with: it encloses the keys, and the record that names it.
struct BundleEvidence: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A bundle of `audit export` with the keys and the record.", valueName: "file"),
        completion: .file(extensions: ["igaudit"]))
    var bundle: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The audit log's public key, or a file with it; else the bundle is compared only with itself.",
            valueName: "key|file"), completion: .file(extensions: ["vkey"]))
    var logKey: String?

    func validate() throws {
        if logKey != nil, bundle == nil { throw ValidationError("--log-key needs --bundle") }
    }

    /// The keys that the bundle encloses; none where there is no bundle, or it is not intact.
    func keys(_ report: inout CertificateReportOfVerification) throws -> [SignatureVerifier] {
        guard let bundle else { return [] }
        guard let data = FileManager.default.contents(atPath: bundle) else {
            throw CommandFailure("file.unreadable", "the bundle cannot be read", exit: ExitCodes.unusable)
        }
        let key = try trusted()
        var keys: [SignatureVerifier] = []
        for (index, certificate) in report.certificates.enumerated() {
            let result = verified(data, BundleVerifier(trusted: key, naming: certificate.signed.digest.hex))
            guard result.isIntact, let header = result.header else {
                for problem in result.problems.prefix(5) {
                    report.add(CertificateProblem(.bundle, place: problem.description))
                }
                return []
            }
            report.certificates[index].recordInBundle = result.named
            if result.named == nil { report.add(CertificateProblem(.notInAuditLog, certificate: index)) }
            report.isBundleTrusted = result.isKeyTrusted
            keys = header.certificateKeys
        }
        return keys
    }

    private func verified(_ data: Data, _ verifier: BundleVerifier) -> BundleVerification {
        var verifier = verifier
        var rest = data[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
            verifier.add(line: Array(rest[..<end]))
            rest = rest[end...]
        }
        return verifier.finish()
    }

    private func trusted() throws -> VerifierKey? {
        guard let logKey else { return nil }
        if let key = try? VerifierKey(parsing: logKey) { return key }
        let text = FileManager.default.contents(atPath: logKey)
            .map { String(decoding: $0.prefix { $0 != 0x0A }, as: UTF8.self) }
        guard let text, let key = try? VerifierKey(parsing: text.trimmingCharacters(in: .whitespaces))
        else {
            throw CommandFailure(
                "certificate.keyUnreadable",
                "--log-key: no public key of a log, and no file that holds one",
                exit: ExitCodes.configuration)
        }
        return key
    }
}
