import Audit
import Deidentification
import Gateway
import JSON
import MerkleLog
import Persistence
import Sealing
import SecondOpinion
import Workflow

/// What a verification of a certificate came to.
struct CertificateReportOfVerification {
    var certificate: SignedCertificate?
    var problems: [CertificateProblem] = []
    /// The written files, in the order of their examination.
    var paths: [String] = []
    var statistics = SearchResult.Statistics()
    var knownValues = 0
    /// Where the audit log holds the reference.
    var place: CertificateInLog?

    var json: JSONValue {
        var object: JSONObject = [
            "ok": .bool(problems.isEmpty), "files": .number(JSONNumber(paths.count)),
            "searchedValues": .number(JSONNumber(knownValues)), "searchedBytes": .number(JSONNumber(statistics.bytes)),
            "problems": .array(problems.map(json)),
        ]
        if let certificate {
            object["study"] = .string(certificate.certificate.studyInstanceUID)
            object["time"] = .string(certificate.certificate.time)
            object["profile"] = .string(certificate.certificate.profile)
            object["digest"] = .string(certificate.digest.hex)
            object["keyID"] = certificate.signature.map { .string($0.keyID) } ?? .null
        }
        if let place {
            object["audit"] = [
                "index": .number(JSONNumber(Int(clamping: place.index))),
                "size": .number(JSONNumber(Int(clamping: place.size))), "root": .string(place.root.base64),
            ]
        }
        return .object(object)
    }

    private func json(_ problem: CertificateProblem) -> JSONValue {
        var object: JSONObject = ["code": .string(problem.code.rawValue)]
        if let file = problem.file, paths.indices.contains(file) { object["file"] = .string(paths[file]) }
        object["instance"] = problem.instance.map { .number(JSONNumber($0)) }
        object["place"] = problem.place.map { .string($0) }
        return .object(object)
    }

    func printLines() {
        if let certificate {
            print("study    \(certificate.certificate.studyInstanceUID)")
            print(
                "made     \(Terminal.safe(certificate.certificate.time)) by \(Terminal.safe(certificate.certificate.profile))"
            )
            print("signed   \(certificate.signature?.keyID ?? "by nobody")")
            print("files    \(paths.count) of \(certificate.certificate.instances.count) looked at")
            print("searched \(statistics.bytes) bytes for \(knownValues) values of the originals, and for dates")
        }
        if let place { print("audit    record \(place.index) of \(place.size), root \(place.root.base64)") }
        for problem in problems {
            var text = "PROBLEM: \(problem.code.rawValue)"
            if let file = problem.file, paths.indices.contains(file) { text += " in \(Terminal.safe(paths[file]))" }
            if let instance = problem.instance { text += " (object \(instance + 1) of the certificate)" }
            if let place = problem.place { text += ": \(Terminal.safe(place))" }
            print(text)
        }
        print(
            problems.isEmpty ? "The certificate holds." : "The certificate does NOT hold: \(problems.count) problems.")
    }
}

/// The audit record that names a certificate, and the proof that it stands in the log.
struct CertificateInLog {
    let index: UInt64
    let size: UInt64
    let root: MerkleHash

    /// Nil where no record names it. The reading is recorded. The inclusion proof is made from the leaves as they lie
    /// there and verified before this is answered.
    static func find(
        _ certificate: SignedCertificate, _ configuration: Configuration, emergency: Emergency?
    ) async throws -> CertificateInLog? {
        let installation = try Installation(configuration)
        return try await installation.withAccess(.auditor, configuration, emergency: emergency) { access in
            let reading = access.trail.reading(
                .auditRead, role: .auditor, subjects: [], details: [.command: .code("deidentify.verify")])
            let entries = try await installation.store.auditEntries(
                AuditQuery(events: [.studyDeidentify, .deidentifyExport]), reading: [reading])
            let named = entries.first { $0.record?.details["digest"] == certificate.digest.hex }
            guard let named else { return nil }
            let hashes = try AuditLogFile(
                configuration.dataFolder, archiveFolders: configuration.audit.archives
            ).leafHashes(upTo: nil)
            let proofs = AuditProofs(leaves: hashes)
            guard named.index < hashes.count else { return nil }
            let proof = InclusionProof(
                index: named.index, size: UInt64(hashes.count), path: proofs.path(named.index))
            do {
                try proof.verify(leafHash: .leaf(named.leaf), root: proofs.root)
            } catch {
                return nil
            }
            return CertificateInLog(index: named.index, size: proof.size, root: proofs.root)
        }
    }
}
